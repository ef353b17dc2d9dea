using System.Text.Json.Nodes;

namespace VectorDb.Rest;

/// <summary>The body of an insert.</summary>
internal sealed record NewVector(string? Id, float[]? Vector, JsonObject? Metadata = null);
