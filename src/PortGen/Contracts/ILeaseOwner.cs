namespace PortGen;

/// <summary>The application that a lease belongs to, as the lease knows it.</summary>
internal interface ILeaseOwner
{
    /// <summary>The application's container.</summary>
    IServiceProvider Services { get; }

    /// <summary>Somebody accepts on the port for the first time.</summary>
    void BeginsToServe(PortLease lease);

    /// <summary>Somebody serves the port by the scheme.</summary>
    void Serves(PortLease lease, string scheme);

    /// <summary>The port's service has failed after its start.</summary>
    void Fail(PortLease lease, Exception reason);
}
