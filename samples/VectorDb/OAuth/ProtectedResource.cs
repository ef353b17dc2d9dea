namespace VectorDb.OAuth;

/// <summary>Metadata of an endpoint: where clients find out which authorization server gives tokens for it.</summary>
/// <param name="MetadataUrl">The address of the document of RFC 9728.</param>
internal sealed record ProtectedResource(Uri MetadataUrl)
{
    /// <summary>The metadata of a resource, where RFC 9728 section 3.1 has it: the well-known path comes before the resource's own.</summary>
    public static ProtectedResource Of(Uri resource) => new(new Uri(resource, "/.well-known/oauth-protected-resource" + resource.AbsolutePath));
}
