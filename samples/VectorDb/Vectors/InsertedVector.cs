namespace VectorDb.Vectors;

/// <summary>What an insert has done.</summary>
/// <param name="Store">The store's name.</param>
/// <param name="Id">The vector's id.</param>
/// <param name="Replaced">Whether there was a vector of that id, which is gone now.</param>
internal sealed record InsertedVector(string Store, string Id, bool Replaced);
