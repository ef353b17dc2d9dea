namespace VectorDb.Rest;

/// <summary>The body of a search.</summary>
internal sealed record SearchQuery(float[]? Vector, int K = 10);
