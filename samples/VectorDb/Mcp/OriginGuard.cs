using System.Net;

namespace VectorDb.Mcp;

/// <summary>
/// Refuses requests that a web page of somebody else's has made (Model Context Protocol, "Security warning" of the streamable HTTP transport): a browser says where
/// a page is from (Origin), and a page whose name was bound to this machine's address says that name (Host).
/// </summary>
/// <param name="addresses">Where clients reach the service.</param>
/// <param name="isLocal">Whether only this machine can reach the service.</param>
internal sealed class OriginGuard(ServiceAddresses addresses, bool isLocal)
{
    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if ((isLocal && !IsOwn(request.Host.Host)) || request.Headers.Origin.Any(o => !IsOwnOrigin(o, request.Host.Host)))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(context);
    }

    private bool IsOwnOrigin(string? origin, string host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url) && (IsOwn(url.Host) || (!isLocal && string.Equals(url.Host, host, StringComparison.OrdinalIgnoreCase)));

    private bool IsOwn(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))
        || string.Equals(host, addresses.Mcp?.Host, StringComparison.OrdinalIgnoreCase);
}
