namespace VectorDb.Vectors;

/// <summary>A named set of vectors that all have as many dimensions as the first.</summary>
internal sealed class Store
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public int? Dimensions { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
