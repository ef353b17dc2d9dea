using System.Text.Json;

namespace VectorDb.Rest;

/// <summary>The body of an insert.</summary>
internal sealed record NewVector(string? Id, float[]? Vector, JsonElement? Metadata = null);
