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

    // Once, however often it is called: AddPortServices does for the application's own host.
    internal static IHealthChecksBuilder AddPorts(this IHealthChecksBuilder builder, string? service)
    {
        builder.Services.Configure<HealthCheckServiceOptions>(options =>
        {
            if (!options.Registrations.Any(static r => r.Name == PortHealthCheck.Name))
            {
                options.Registrations.Add(new HealthCheckRegistration(
                    PortHealthCheck.Name, provider => new PortHealthCheck(provider.GetRequiredService<PortRegistry>(), service), failureStatus: null, tags: null));
            }
        });
        return builder;
    }
}
