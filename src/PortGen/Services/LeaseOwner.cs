using Microsoft.Extensions.DependencyInjection;

namespace PortGen.Services;

/// <summary>Passes on what a transport says to its lease.</summary>
internal sealed class LeaseOwner(IServiceProvider services, PortRegistry registry) : ILeaseOwner
{
    public IServiceProvider Services => services;

    public void BeginsToServe(PortLease lease) => services.GetRequiredService<ServingWatch>().ShowServed(lease);

    public void Serves(PortLease lease, string scheme)
    {
        registry.Serves(lease.Name, scheme);
        BeginsToServe(lease);
    }

    public void Fail(PortLease lease, Exception reason) => services.GetRequiredService<ServiceControl>().Fail(registry.GetPort(lease.Name).Service, reason);
}
