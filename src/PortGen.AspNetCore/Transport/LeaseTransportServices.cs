using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace PortGen.Transport;

/// <summary>Adds the transport to a web host's container.</summary>
internal static class LeaseTransportServices
{
    public static IServiceCollection AddLeaseTransport(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, LeaseTransport>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ConnectionEnd>());

        // First in line: it opens the ports once Kestrel has started, and must not wait for another hosted service's StartedAsync.
        if (!services.Any(static s => s.ImplementationType == typeof(LeaseSchemes)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, LeaseSchemes>());
        }

        return services;
    }
}
