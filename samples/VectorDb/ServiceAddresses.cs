namespace VectorDb;

/// <summary>Where clients reach the services: on the ports that they have now, or where <c>Ports:{service}:PublicUrl</c> says, behind a proxy or in a container.</summary>
internal sealed class ServiceAddresses(PortManager ports)
{
    /// <summary>The issuer of tokens; <see langword="null"/> while the service holds no port.</summary>
    public Uri? OAuth => Of("oauth");

    /// <summary>The MCP endpoint, which is also the audience of the tokens for it (RFC 8707).</summary>
    public Uri? Mcp => Of("mcp", "mcp");

    /// <summary>The REST API, which is also the audience of the tokens for it.</summary>
    public Uri? Rest => Of("rest", "api/v1");

    private Uri? Of(string service, string path = "") => ports.GetPort(service).PublicUrl is { } url ? new Uri($"{url}/{path}") : null;
}
