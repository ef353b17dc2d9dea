using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortGen.Health;

namespace PortGen;

/// <summary>Adds the ports to an application's health checks.</summary>
public static class PortHealthCheckExtensions
{
    /// <summary>
    /// Adds a check named <c>ports</c>: unhealthy while the services start and from the drain on, degraded where one was stopped, failed or left out.
    /// A <see cref="WebPortService"/> has such a check of its own ports without this.
    /// </summary>
    /// <param name="builder">The application's health checks.</param>
    public static IHealthChecksBuilder AddPorts(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddPorts(null);
    }

    internal static IHealthChecksBuilder AddPorts(this IHealthChecksBuilder builder, string? service) => builder.Add(new HealthCheckRegistration(
        PortHealthCheck.Name, provider => new PortHealthCheck(provider.GetRequiredService<PortRegistry>(), service), failureStatus: null, tags: null));
}
