using System.Text.Json.Nodes;

namespace VectorDb.Vectors;

/// <summary>A vector that a search has found.</summary>
/// <param name="Id">The vector's id.</param>
/// <param name="Score">The cosine similarity, from -1 (opposite) to 1 (same direction).</param>
/// <param name="Metadata">What was stored with the vector.</param>
internal sealed record SearchHit(string Id, float Score, JsonObject? Metadata);
