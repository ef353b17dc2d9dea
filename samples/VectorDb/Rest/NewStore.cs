namespace VectorDb.Rest;

/// <summary>The body of a request for a store.</summary>
internal sealed record NewStore(string? Name);
