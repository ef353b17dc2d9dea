using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PortGen.Hosting;

/// <summary>
/// Answers at the health path of the application's own host, whatever the application asks of others: an orchestrator can't log in. An endpoint of the
/// application's own on the path goes first.
/// </summary>
internal sealed class HostHealth(PortRegistry registry, EndpointDataSource endpoints, string port) : IStartupFilter
{
    private readonly Lazy<string?> _path = new(() => registry.GetPort(port).HealthPath is { } path && !HasEndpoint(endpoints, path) ? path : null);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.MapWhen(context => IsHealth(context.Request), static branch => branch.UseHealthChecks(PathString.Empty));
        next(application);
    };

    private bool IsHealth(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && _path.Value is { } path && request.Path.Equals(path, StringComparison.OrdinalIgnoreCase);

    private static bool HasEndpoint(EndpointDataSource endpoints, string path) =>
        endpoints.Endpoints.OfType<RouteEndpoint>().Any(e => string.Equals(e.RoutePattern.RawText?.Trim('/'), path.Trim('/'), StringComparison.OrdinalIgnoreCase));
}
