namespace VectorDb.Vectors;

/// <summary>A store as its users see it.</summary>
/// <param name="Name">The store's name.</param>
/// <param name="Dimensions">How many numbers each vector has; <see langword="null"/> until the first one is there.</param>
/// <param name="Vectors">How many vectors there are.</param>
/// <param name="CreatedAt">When the store was made.</param>
internal sealed record StoreInfo(string Name, int? Dimensions, int Vectors, DateTimeOffset CreatedAt);
