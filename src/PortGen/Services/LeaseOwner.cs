namespace PortGen.Services;

/// <summary>Passes on what a transport says to its lease.</summary>
internal sealed class LeaseOwner(IServiceProvider services, PortRegistry registry, ServiceFailure failure) : ILeaseOwner
{
    public IServiceProvider Services => services;

    public void Serves(PortLease lease, string scheme) => registry.Serves(lease.Name, scheme);

    public void Fail(PortLease lease, Exception reason) => failure.Report(registry.GetPort(lease.Name).Service, reason);
}
