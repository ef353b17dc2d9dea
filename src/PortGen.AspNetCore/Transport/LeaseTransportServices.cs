using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace PortGen.Transport;

/// <summary>Adds the transport to a web host's container.</summary>
internal static class LeaseTransportServices
{
    public static IServiceCollection AddLeaseTransport(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, LeaseTransport>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ConnectionEnd>());
        return services.AddHostedService<LeaseSchemes>();
    }
}
