using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace PortGen;

/// <summary>A port held for a service: sockets that listen from before the first service starts until the lease is released.</summary>
/// <remarks>
/// The lease owns the sockets and a service borrows connections from it. While no service accepts, clients wait in the system's queue.
/// A transport (an HTTP server, say) needs nothing else: it accepts by <see cref="AcceptAsync"/>, says by <see cref="ReportServing"/> that it
/// serves, calls <see cref="StopAcceptingAsync"/> when it is told to stop, and <see cref="ReportFailure"/> when it fails later on.
/// </remarks>
public sealed class PortLease
{
    // What is waited for by those who got the lease before its port was bound.
    private readonly TaskCompletionSource? _promise;
    private IListener? _listener;
    private string? _scheme;
    private ImmutableArray<PortLease> _siblings = [];
    private ILeaseOwner? _owner;

    internal PortLease(string name, string host, IListener listener)
    {
        Name = name;
        DeclaredName = name;
        Host = host;
        Hold(listener);
    }

    /// <summary>A lease on a port that is bound later, see <see cref="Hold(string, IListener)"/>.</summary>
    internal PortLease(string name)
    {
        Name = name;
        DeclaredName = name;
        Host = PortSettingValue.Localhost;
        _promise = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The port's name.</summary>
    public string Name { get; }

    /// <summary>The name that the service's own code knows the port by: the application may have renamed the port of a library.</summary>
    internal string DeclaredName { get; set; }

    /// <summary>The actual port: the preferred one or another of the range.</summary>
    /// <exception cref="InvalidOperationException">The port is not bound yet: the lease was injected, and the host has not begun to start.</exception>
    public int Port => EndPoints[0].Port;

    /// <summary>The host as configured: <c>localhost</c>, <c>*</c> or an address.</summary>
    public string Host { get; private set; }

    /// <summary>The addresses that listen, all on <see cref="Port"/>.</summary>
    /// <exception cref="InvalidOperationException">The port is not bound yet.</exception>
    public IReadOnlyList<IPEndPoint> EndPoints => (_listener ?? throw new InvalidOperationException(
        $"Port '{Name}' is not bound yet: ports are bound when the host starts, before its first hosted service does.")).EndPoints;

    /// <summary>When the port began to listen.</summary>
    public DateTimeOffset AllocatedAt { get; private set; }

    /// <summary>
    /// The port as an address, for services that speak HTTP: <c>http://localhost:8080</c>. Once a transport has said by which scheme it serves (see
    /// <see cref="ReportServing"/>), with that: <c>https</c>, say.
    /// </summary>
    /// <exception cref="InvalidOperationException">The port is not bound yet.</exception>
    public string Url => PortUrl.Of(_scheme ?? Uri.UriSchemeHttp, Host, Port);

    /// <summary>The application's container, for a service that runs a host of its own. Inject anything else through the service's constructor.</summary>
    /// <exception cref="InvalidOperationException">The lease belongs to no application.</exception>
    public IServiceProvider Services => (_owner ?? throw new InvalidOperationException($"The lease '{Name}' belongs to no application.")).Services;

    /// <summary>How many numbers were tried for this lease.</summary>
    internal int BindAttempts { get; set; }

    /// <summary>Who held the preferred port; <see langword="null"/> if this is the preferred one, or the holder is not known yet.</summary>
    internal string? HeldBy { get; set; }

    internal bool IsReleased { get; private set; }

    /// <summary>Whether a transport accepts on this port: it has said so, and has not been told to stop yet.</summary>
    internal bool HasTransport { get; private set; }

    /// <summary>Whether the port is released once its service has stopped. Otherwise the service stops only to start again, and clients wait for it.</summary>
    internal bool IsEnding { get; private set; }

    /// <summary>Whether anybody has ever accepted on this port.</summary>
    internal bool IsServed { get; private set; }

    /// <summary>The lease of that name: an additional port of the same service, or the service's own.</summary>
    /// <param name="name">The port's name.</param>
    /// <exception cref="KeyNotFoundException">The service has no port of that name, or an optional one for which no port was available.</exception>
    public PortLease this[string name] => _siblings.FirstOrDefault(l => l.DeclaredName == name) ?? _siblings.FirstOrDefault(l => l.Name == name)
        ?? throw new KeyNotFoundException(
            $"The service of port '{Name}' holds no port named '{name}'; it has {string.Join(", ", _siblings.Select(static l => l.Name))}.");

    /// <summary>The lease of that port: <c>lease[Ports.Metrics]</c>.</summary>
    /// <param name="port">An additional port of the same service, or the service's own.</param>
    /// <exception cref="KeyNotFoundException">The port is not one of the service's, or an optional one that was unavailable.</exception>
    public PortLease this[PortDefinition port]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(port);
            return this[port.DeclaredName];
        }
    }

    /// <summary>Waits for the next connection, whichever of the addresses it comes in on. Before the port is bound it waits for that first.</summary>
    /// <param name="cancellationToken">Gives up waiting. No connection is lost by it: the next call gets what came meanwhile.</param>
    /// <returns>The connection, which then belongs to the caller.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The lease was released.</exception>
    public ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (_listener is not { } listener)
        {
            return AcceptOnceHeldAsync(cancellationToken);
        }

        SetServed();
        return listener.AcceptAsync(cancellationToken);
    }

    /// <summary>For a transport that is told to stop: call it before the accept loop ends, so that no client is left unanswered.</summary>
    /// <returns>
    /// <see langword="true"/> where the service stops for good. The clients that waited in the system's queue have been taken and the port is closed:
    /// call <see cref="AcceptAsync"/> until it throws <see cref="ObjectDisposedException"/>, and answer what it gives.
    /// <see langword="false"/> where the service starts again on this port: just stop calling <see cref="AcceptAsync"/>; new clients wait for the next start.
    /// </returns>
    public async ValueTask<bool> StopAcceptingAsync()
    {
        HasTransport = false;
        if (!IsEnding || _listener is null)
        {
            return false;
        }

        await _listener.FinishAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>For a transport: says that it accepts on this port, and by which scheme clients reach it. The port's address is shown with that scheme.</summary>
    /// <param name="scheme">A URI scheme (RFC 3986, section 3.1) such as <c>https</c>.</param>
    /// <exception cref="ArgumentException">The scheme is empty or not well-formed.</exception>
    public void ReportServing(string scheme)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        if (!Uri.CheckSchemeName(scheme))
        {
            throw new ArgumentException($"'{scheme}' is not a URI scheme.", nameof(scheme));
        }

        _scheme = scheme;
        HasTransport = true;
        IsServed = true;
        _owner?.Serves(this, scheme);
    }

    /// <summary>For a transport: says that the port's service has failed after its start. The service is shown as failed, and the application stops with exit code 70.</summary>
    /// <param name="reason">Why it failed.</param>
    /// <exception cref="InvalidOperationException">The lease belongs to no application.</exception>
    public void ReportFailure(Exception reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        (_owner ?? throw new InvalidOperationException($"The lease '{Name}' belongs to no application.")).Fail(this, reason);
    }

    /// <summary>The lease for a message: name and addresses.</summary>
    public override string ToString() => _listener is null ? $"{Name}, not bound" : $"{Name} on {string.Join(", ", EndPoints)}";

    /// <summary>The port is bound. Whoever has waited for it may accept.</summary>
    internal void Hold(string host, IListener listener)
    {
        Host = host;
        Hold(listener);
        _promise?.TrySetResult();
    }

    /// <summary>Lets the leases of one service find each other by name, and their application.</summary>
    internal static void Join(IReadOnlyList<PortLease> leases, ILeaseOwner? owner = null)
    {
        foreach (var lease in leases)
        {
            lease._siblings = [.. leases];
            lease._owner = owner;
        }
    }

    /// <summary>The listening sockets.</summary>
    internal IReadOnlyList<Socket> Sockets => _listener?.Sockets ?? [];

    /// <inheritdoc cref="IListener.IsShared"/>
    internal bool IsShared => _listener is { IsShared: true };

    /// <inheritdoc cref="IListener.AddHolder"/>
    internal void AddHolder() => _listener?.AddHolder();

    /// <inheritdoc cref="IListener.RemoveHolder"/>
    internal void RemoveHolder() => _listener?.RemoveHolder();

    /// <inheritdoc cref="IListener.Open"/>
    internal void Open() => _listener?.Open();

    /// <inheritdoc cref="IListener.QuietAsync"/>
    internal Task QuietAsync() => _listener?.QuietAsync() ?? Task.CompletedTask;

    /// <inheritdoc cref="IListener.CountOpen"/>
    internal int CountOpen() => _listener?.CountOpen() ?? 0;

    /// <summary>From now on, the next stop of the service is the last one on this port.</summary>
    internal void End() => IsEnding = true;

    /// <summary>Closes the sockets; the port is free afterwards. A second call does nothing.</summary>
    internal void Release()
    {
        IsReleased = true;
        _listener?.Dispose();
        _promise?.TrySetResult();
    }

    private void Hold(IListener listener)
    {
        AllocatedAt = DateTimeOffset.UtcNow;
        _listener = listener;
    }

    private async ValueTask<Socket> AcceptOnceHeldAsync(CancellationToken cancellationToken)
    {
        await _promise!.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_listener is null, this);
        return await AcceptAsync(cancellationToken).ConfigureAwait(false);
    }

    private void SetServed()
    {
        if (!IsServed)
        {
            IsServed = true;
            _owner?.BeginsToServe(this);
        }
    }
}
