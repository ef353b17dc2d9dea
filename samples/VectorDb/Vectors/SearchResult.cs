namespace VectorDb.Vectors;

/// <summary>The answer to a search.</summary>
/// <param name="Results">The hits, the best first.</param>
internal sealed record SearchResult(IReadOnlyList<SearchHit> Results);
