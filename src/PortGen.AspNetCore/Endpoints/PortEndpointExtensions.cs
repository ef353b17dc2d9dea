using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PortGen.Page;
using PortGen.Status;

namespace PortGen;

/// <summary>Endpoints that tell of the application's ports.</summary>
public static class PortEndpointExtensions
{
    // The server answers HEAD without the body.
    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the present status of all ports as JSON, see <see cref="PortStatusDocument"/>.</summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="pattern">The route.</param>
    /// <param name="holderPolicy">
    /// The authorization policy whose callers learn which process held a missed port; in Development everybody does, elsewhere without a policy nobody.
    /// </param>
    /// <exception cref="InvalidOperationException">There is a policy, but the application has no authorization.</exception>
    public static IEndpointConventionBuilder MapPortStatus(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/api/ports/status", string? holderPolicy = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RequestDelegate answer = new StatusEndpoint(new HolderPolicy(holderPolicy, endpoints.ServiceProvider)).AnswerAsync;
        return endpoints.MapMethods(pattern, s_methods, answer).WithMetadata(
            answer.Method,
            new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(PortStatusDocument), ["application/json"]))
            .WithTags("Ports").WithSummary("The present status of all ports");
    }

    /// <summary>
    /// Maps a page that shows the services, each port on its range, states and addresses, and the start order. It is readable without a script; with it, the page
    /// keeps itself up to date.
    /// </summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="pattern">The route.</param>
    /// <param name="holderPolicy">As for <see cref="MapPortStatus"/>.</param>
    /// <param name="controlPolicy">
    /// The authorization policy whose callers may start, stop and restart services from the page; <see langword="null"/> for nobody, in any environment.
    /// </param>
    /// <exception cref="InvalidOperationException">There is a policy, but the application has no authorization; or there is a control policy, but no antiforgery.</exception>
    public static IEndpointConventionBuilder MapPortPage(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/ports", string? holderPolicy = null, string? controlPolicy = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var control = controlPolicy is null ? null : new PageControl(controlPolicy, endpoints.ServiceProvider);
        var page = new PortPage(new HolderPolicy(holderPolicy, endpoints.ServiceProvider), control);
        var group = endpoints.MapGroup("");
        RequestDelegate answer = page.AnswerAsync;
        group.MapMethods(pattern, s_methods, answer);
        if (controlPolicy is not null)
        {
            // Three routes and no constraint: a slim builder knows no regular expressions.
            foreach (var operation in PageForms.Operations)
            {
                RequestDelegate run = context => page.ControlAsync(context, operation);
                group.MapPost($"{pattern.TrimEnd('/')}/{{service}}/{operation}", run).RequireAuthorization(controlPolicy);
            }
        }

        return group;
    }

    /// <summary>
    /// Maps two health endpoints below a route: <c>/live</c> answers 200 as long as the process answers at all and the checks tagged <c>live</c> pass,
    /// <c>/ready</c> 200 where all checks pass and 503 while the services start and from the drain on.
    /// </summary>
    /// <param name="endpoints">Where to map them.</param>
    /// <param name="prefix">The route above both.</param>
    /// <exception cref="InvalidOperationException">The application has no health checks: in a web host of its own call <c>AddHealthChecks().AddPorts()</c>.</exception>
    public static IEndpointConventionBuilder MapPortHealth(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string prefix = "/health")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup(prefix);
        group.MapHealthChecks("/live", new HealthCheckOptions { Predicate = static check => check.Tags.Contains("live") });
        group.MapHealthChecks("/ready");
        return group;
    }
}
