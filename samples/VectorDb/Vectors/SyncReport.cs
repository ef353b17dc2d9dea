namespace VectorDb.Vectors;

/// <summary>What a sync has done.</summary>
/// <param name="Store">The store's name.</param>
/// <param name="Vectors">How many vectors it has.</param>
/// <param name="Dimensions">How many numbers each has; <see langword="null"/> without vectors.</param>
/// <param name="Complete">Whether the database file alone now has everything; otherwise somebody was still reading, and the log has the rest.</param>
internal sealed record SyncReport(string Store, int Vectors, int? Dimensions, bool Complete);
