using System.Text.Json.Serialization;

namespace PortGen.Status;

[JsonSerializable(typeof(PortStatusDocument))]
internal sealed partial class PortStatusJson : JsonSerializerContext;
