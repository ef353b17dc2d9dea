using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PortGen.Binding;

namespace PortGen;

/// <summary>A port held for a service: sockets that listen from before the first service starts until the lease is released.</summary>
/// <remarks>
/// The lease owns the sockets and a service borrows connections from it. While no service accepts, clients wait in the system's queue.
/// </remarks>
public sealed class PortLease
{
    private readonly ImmutableArray<Socket> _sockets;
    private readonly Lazy<ConnectionQueue> _queue;
    private ImmutableArray<PortLease> _siblings = [];

    internal PortLease(string name, string host, ListenResult listening)
    {
        Name = name;
        Host = host;
        _sockets = [.. listening.Sockets];
        EndPoints = listening.EndPoints;
        Port = EndPoints[0].Port;
        AllocatedAt = DateTimeOffset.UtcNow;
        _queue = new Lazy<ConnectionQueue>(() => new ConnectionQueue(_sockets));
    }

    /// <summary>The port's name.</summary>
    public string Name { get; }

    /// <summary>The actual port: the preferred one or another of the range.</summary>
    public int Port { get; }

    /// <summary>The host as configured: <c>localhost</c>, <c>*</c> or an address.</summary>
    public string Host { get; }

    /// <summary>The addresses that listen, all on <see cref="Port"/>.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>When the port began to listen.</summary>
    public DateTimeOffset AllocatedAt { get; }

    /// <summary>The port as an HTTP address, for services that speak HTTP: <c>http://localhost:8080</c>.</summary>
    public string Url => ToUrl(Uri.UriSchemeHttp, Host, Port);

    internal bool IsReleased { get; private set; }

    /// <summary>Whether the port is released once its service has stopped. Otherwise the service stops only to start again, and clients wait for it.</summary>
    internal bool IsEnding { get; private set; }

    /// <summary>The lease of that name: an additional port of the same service, or the service's own.</summary>
    /// <param name="name">The port's name.</param>
    /// <exception cref="KeyNotFoundException">The service has no port of that name, or an optional one that could not be had.</exception>
    public PortLease this[string name] => _siblings.FirstOrDefault(l => l.Name == name)
        ?? throw new KeyNotFoundException(
            $"The service of port '{Name}' holds no port named '{name}'; it has {string.Join(", ", _siblings.Select(static l => l.Name))}.");

    /// <summary>Waits for the next connection, whichever of the addresses it comes in on.</summary>
    /// <param name="cancellationToken">Gives up waiting. No connection is lost by it: the next call gets what came meanwhile.</param>
    /// <returns>The connection, which then belongs to the caller.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The lease was released.</exception>
    public ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken = default) => _queue.Value.DequeueAsync(cancellationToken);

    /// <summary>The lease for a message: name and addresses.</summary>
    public override string ToString() => $"{Name} on {string.Join(", ", EndPoints)}";

    internal static string ToUrl(string scheme, string host, int port)
    {
        var name = host switch
        {
            PortSettingValue.AllInterfaces or "0.0.0.0" or "::" => PortSettingValue.Localhost,
            _ when host.Contains(':', StringComparison.Ordinal) => $"[{host}]",
            _ => host,
        };
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{name}:{port}");
    }

    /// <summary>Lets the leases of one service find each other by name.</summary>
    internal static void Join(IReadOnlyList<PortLease> leases)
    {
        foreach (var lease in leases)
        {
            lease._siblings = [.. leases];
        }
    }

    /// <summary>From now on, the next stop of the service is the last one on this port.</summary>
    internal void End() => IsEnding = true;

    /// <summary>Takes the connections that clients have queued, then closes the sockets. <see cref="AcceptAsync"/> gives what was taken before it throws.</summary>
    internal Task FinishAsync() => _queue.Value.FinishAsync();

    /// <summary>Closes the sockets; the port is free afterwards. A second call does nothing.</summary>
    internal void Release()
    {
        IsReleased = true;

        // In this order a loop knows why its accept ends.
        _queue.Value.Close();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }
}
