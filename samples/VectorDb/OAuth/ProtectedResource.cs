namespace VectorDb.OAuth;

/// <summary>Metadata of an endpoint: where clients find out which authorization server gives tokens for it.</summary>
/// <param name="MetadataUrl">The address of the document of RFC 9728.</param>
internal sealed record ProtectedResource(Uri MetadataUrl);
