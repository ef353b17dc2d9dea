using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace PortGen.Transport;

/// <summary>Adds the transport to a web host's container.</summary>
internal static class LeaseTransportServices
{
    public static IServiceCollection AddLeaseTransport(this IServiceCollection services) => services
        .AddSingleton<IConnectionListenerFactory, LeaseTransport>()
        .AddHostedService<LeaseSchemes>();
}
