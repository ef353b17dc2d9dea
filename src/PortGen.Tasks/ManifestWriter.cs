using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PortGen.Tasks;

/// <summary>Writes an application's ports as JSON, for tools that are not .NET: <c>{AssemblyName}.ports.json</c>, described by <c>ports.schema.json</c>.</summary>
internal static class ManifestWriter
{
    /// <summary>The URL of the schema.</summary>
    public const string Schema = "https://raw.githubusercontent.com/portgen/portgen/main/src/PortGen.Tasks/ports.schema.json";

    // No web page embeds the file: don't escape non-ASCII letters.
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(IReadOnlyList<EffectivePort> ports)
    {
        var names = new ServiceNames(ports.Select(static p => p.Declared));
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteString("$schema", Schema);
            json.WriteStartArray("ports");
            foreach (var port in ports.OrderBy(static p => p.Declared.Name, StringComparer.Ordinal))
            {
                Write(json, port, names);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var text = Encoding.UTF8.GetString(buffer.ToArray()).Replace("\r\n", "\n") + "\n";
        return Encoding.UTF8.GetBytes(text);
    }

    private static void Write(Utf8JsonWriter json, EffectivePort effective, ServiceNames names)
    {
        var port = effective.Port;
        json.WriteStartObject();
        json.WriteString("name", port.Name);
        json.WriteString("service", port.Service);
        json.WriteString("type", ServiceNames.ClassOf(port));
        foreach (var property in port.Properties)
        {
            switch (property.Name)
            {
                // Which port the variable PORT means is not a property of the port.
                case nameof(DeclaredPort.Primary):
                    break;
                case nameof(DeclaredPort.DependsOn):
                    Write(json, property.Name, names.NeededBy(port));
                    break;
                // Only settings have an external port; it goes here.
                case nameof(DeclaredPort.DevelopmentPort):
                    Write(json, PortSetting.ExternalPort.Key, effective.ExternalPort);
                    Write(json, property.Name, property.Value);
                    break;
                default:
                    Write(json, property.Name, property.Value);
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        json.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(name));
        switch (value)
        {
            case int number:
                json.WriteNumberValue(number);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case IEnumerable<string> texts:
                json.WriteStartArray();
                foreach (var text in texts)
                {
                    json.WriteStringValue(text);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(value as string);
                break;
        }
    }
}
