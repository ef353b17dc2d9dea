namespace VectorDb;

/// <summary>
/// Where clients reach the services: on the ports that they have now, which needn't be those they asked for. <c>PublicUrls:{service}</c> says
/// where it is otherwise, behind a proxy or in a container.
/// </summary>
internal sealed class ServiceAddresses(PortManager ports, IConfiguration configuration)
{
    /// <summary>The issuer of tokens; <see langword="null"/> while the service holds no port.</summary>
    public Uri? OAuth => Of("oauth");

    /// <summary>The MCP endpoint, which is also the audience of the tokens for it (RFC 8707).</summary>
    public Uri? Mcp => Of("mcp", "mcp");

    /// <summary>The REST API, which is also the audience of the tokens for it.</summary>
    public Uri? Rest => Of("rest", "api/v1");

    private Uri? Of(string service, string path = "")
    {
        var port = ports.GetPort(service);
        if (port.Url is not { } url)
        {
            return null;
        }

        var root = configuration[$"PublicUrls:{service}"] is { Length: > 0 } configured
            ? new UriBuilder(configured)
            : new UriBuilder(url) { Port = port.ExternalPort ?? new Uri(url).Port };
        root.Path = $"{root.Path.TrimEnd('/')}/{path}";
        return root.Uri;
    }
}
