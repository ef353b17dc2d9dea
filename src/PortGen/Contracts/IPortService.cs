namespace PortGen;

/// <summary>A service that serves the connections of a port. PortGen binds the port, starts the service, and stops it again.</summary>
public interface IPortService
{
    /// <summary>Starts serving. The port listens already: clients that come early wait in its queue.</summary>
    /// <param name="lease">The service's port, and by name its additional ones. It belongs to PortGen: don't dispose of it.</param>
    /// <param name="cancellationToken">Cancelled when the start is given up (a signal, a timeout, another service's failure).</param>
    /// <returns>Completes when the service is ready; what it serves afterwards runs on its own, see <see cref="BackgroundPortService"/>.</returns>
    Task StartAsync(PortLease lease, CancellationToken cancellationToken);

    /// <summary>Stops serving. Called once for each start that succeeded; the lease is released afterwards.</summary>
    /// <param name="cancellationToken">Cancelled when the stop timeout has passed.</param>
    Task StopAsync(CancellationToken cancellationToken);
}
