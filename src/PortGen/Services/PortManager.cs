using PortGen.Services;

namespace PortGen;

/// <summary>The live control of the application's services and their ports. It is in the host's container.</summary>
/// <remarks>
/// Calls may come from anywhere at any time: they are carried out one after the other, behind the start of the application. The end of the
/// application gives up what is under way, from the drain on. A service must not wait for an operation on itself, nor, in its own start or
/// stop, for any.
/// </remarks>
public sealed class PortManager
{
    private readonly ServiceControl _control;
    private readonly ApplicationPorts _ports;
    private readonly PortRegistry _registry;

    internal PortManager(ServiceControl control, ApplicationPorts ports, PortRegistry registry)
    {
        _control = control;
        _ports = ports;
        _registry = registry;
    }

    /// <summary>All ports at one moment. The list never changes; ask again for a later moment.</summary>
    public IReadOnlyList<PortStatus> GetStatus() => _registry.Ports;

    /// <summary>The present status of a port.</summary>
    /// <param name="name">The port's name.</param>
    /// <exception cref="KeyNotFoundException">The application has no port of that name.</exception>
    public PortStatus GetPort(string name) => _registry.GetPort(name);

    /// <summary>The lease of a port as it is held now, for a host or a transport that serves it beside the services.</summary>
    /// <param name="name">The port's name.</param>
    /// <returns>The lease; <see langword="null"/> while the port is not held, such as before the host has started.</returns>
    public PortLease? FindLease(string name) => _ports.Find(name);

    /// <summary>Waits until every service has started, for a server of the application's own: what it answers before may need what isn't there yet.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task WaitForStartAsync(CancellationToken cancellationToken = default) => _control.Started.WaitAsync(cancellationToken);

    /// <summary>Starts a service that doesn't run: binds its ports as the configuration has them now, then starts it. One that runs is left alone.</summary>
    /// <param name="name">The port name of the service.</param>
    /// <param name="cancellationToken">Gives the start up; its ports are released.</param>
    /// <exception cref="KeyNotFoundException">The application has no service of that name.</exception>
    /// <exception cref="PortConfigurationException">The configuration now breaks a rule; nothing has changed.</exception>
    /// <exception cref="PortUnavailableException">One of its ports is unavailable.</exception>
    /// <exception cref="PortServiceStartException">It failed to start; its ports are released, and the others go on.</exception>
    /// <exception cref="InvalidOperationException">The application has not started yet.</exception>
    /// <exception cref="OperationCanceledException">The start was given up, or the application stops.</exception>
    public Task StartServiceAsync(string name, CancellationToken cancellationToken = default) => Control().StartAsync(name, cancellationToken);

    /// <summary>Stops a service and releases its ports. The others are left alone, also those that need it.</summary>
    /// <param name="name">The port name of the service.</param>
    /// <param name="cancellationToken">Gives up waiting for its turn; a stop that has begun is completed.</param>
    /// <exception cref="KeyNotFoundException">The application has no service of that name.</exception>
    /// <exception cref="InvalidOperationException">The application has not started yet.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or the application stops.</exception>
    public Task StopServiceAsync(string name, CancellationToken cancellationToken = default) => Control().StopAsync(name, cancellationToken);

    /// <summary>
    /// Stops and starts a service by the configuration as it is now. Its ports stay bound and queue clients meanwhile; a port that the
    /// configuration has moved is bound before the service stops, so that a failure leaves it serving where it was. Only where a port changes its
    /// host the service stops first. One that doesn't run is started.
    /// </summary>
    /// <inheritdoc cref="StartServiceAsync"/>
    public Task RestartServiceAsync(string name, CancellationToken cancellationToken = default) => Control().RestartAsync(name, cancellationToken);

    /// <summary>
    /// Stops every service in reverse order and starts all in order, by the configuration as it is now. If one fails, all are stopped and every
    /// port is released, as when the application starts; the process goes on.
    /// </summary>
    /// <inheritdoc cref="StartServiceAsync"/>
    public Task RestartAllAsync(CancellationToken cancellationToken = default) => Control().RestartAllAsync(cancellationToken);

    private ServiceControl Control() => _control.HasServices
        ? _control
        : throw new InvalidOperationException("The application has not started yet: its services are created and its ports bound when the host starts.");
}
