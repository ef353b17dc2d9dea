using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace PortGen;

/// <summary>The ledger of the application's ports: what is bound, serving, draining, released. It watches and decides nothing.</summary>
/// <remarks>
/// A port's life: Pending -> Bound -> Serving -> (Bound, while its service restarts) -> Draining -> Released; and Failed from anywhere. Only a new
/// binding leads out of Released and Failed. A transition that a state doesn't allow changes nothing: of two that race, such as a failure and
/// the end of a start, the ledger keeps the one that is true.
/// </remarks>
/// <param name="logger">Told of subscribers that fail.</param>
public sealed class PortRegistry(ILogger<PortRegistry>? logger = null)
{
    private readonly Lock _lock = new();
    private Dictionary<string, int> _places = [];
    private PortStatus[] _ports = [];

    // Told by one thread at a time: two would overtake each other, and what a subscriber heard last would not be what is.
    private readonly Queue<PortStatus> _untold = [];
    private bool _isTelling;

    // Made when somebody asks, and good until the next change.
    private IReadOnlyList<PortStatus>? _snapshot;

    /// <summary>
    /// Raised after each change with the port's new status, one change after the other in their order: on the thread that made the change, or on
    /// one that is still telling of an earlier change. A subscriber that throws is logged and disturbs neither the others nor the application.
    /// </summary>
    public event EventHandler<PortStatus>? Changed;

    /// <summary>All ports at one moment. The list never changes; ask again for a later moment.</summary>
    public IReadOnlyList<PortStatus> Ports
    {
        get
        {
            lock (_lock)
            {
                return _snapshot ??= ImmutableArray.Create(_ports);
            }
        }
    }

    /// <summary>The present status of a port.</summary>
    /// <param name="name">The port's name.</param>
    /// <exception cref="KeyNotFoundException">The application has no port of that name.</exception>
    public PortStatus GetPort(string name) => Ports.FirstOrDefault(p => p.Name == name)
        ?? throw new KeyNotFoundException($"No port is named '{name}'; the ports are {string.Join(", ", Ports.Select(static p => p.Name))}.");

    /// <summary>Opens the ledger: these ports, all pending.</summary>
    internal void Open(IEnumerable<PortStatus> ports)
    {
        lock (_lock)
        {
            _ports = [.. ports.Select(static p => Free(p, PortState.Pending))];
            _places = _ports.Select(static (port, place) => (port.Name, place)).ToDictionary(static p => p.Name, static p => p.place, StringComparer.Ordinal);
            _snapshot = null;
        }
    }

    /// <summary>The configuration has changed; what is held stays as it is.</summary>
    internal void Replan(string name, int preferredPort, PortRange? range, string host, int? externalPort, string? healthPath, string? publicUrl) =>
        Change(name, s => s with { PreferredPort = preferredPort, Range = range, Host = host, ExternalPort = externalPort, HealthPath = healthPath, ConfiguredUrl = publicUrl });

    /// <summary>Numbers were tried for the port.</summary>
    internal void Tried(string name, int numbers) => Change(name, s => s with { BindAttempts = s.BindAttempts + numbers });

    /// <summary>The preferred port was not available, because somebody holds it.</summary>
    internal void Missed(string name, string? heldBy) => Change(name, s => s with { HeldBy = heldBy });

    /// <summary>It has become known who holds a number that was missed. What is held or preferred by now may be another.</summary>
    internal void HolderFound(string name, int missed, string heldBy) => Change(
        name, s => s.PreferredPort == missed && s.Port != missed ? s with { HeldBy = heldBy } : s);

    /// <summary>A pending port listens.</summary>
    internal void Bound(string name, int port, DateTimeOffset allocatedAt) => Change(
        name, s => s.State == PortState.Pending ? Hold(s, port, allocatedAt, port == s.PreferredPort ? null : s.HeldBy) : s);

    /// <summary>A port listens under this number from now on, whatever it did before; its service doesn't run.</summary>
    /// <param name="name">The port.</param>
    /// <param name="port">The actual port.</param>
    /// <param name="allocatedAt">Since when it listens.</param>
    /// <param name="numbers">How many numbers were tried for that.</param>
    /// <param name="heldBy">Who held the preferred port.</param>
    internal void Moved(string name, int port, DateTimeOffset allocatedAt, int numbers, string? heldBy) => Change(
        name,
        s => IsOver(s) && s.Port is not null ? s : Hold(s with { BindAttempts = s.BindAttempts + numbers }, port, allocatedAt, heldBy));

    /// <summary>The service of a held port runs.</summary>
    /// <returns>Whether it was not shown as served before.</returns>
    internal bool Serving(string name) => Change(name, static s => s.State == PortState.Bound ? s with { State = PortState.Serving } : s);

    /// <summary>Whoever serves the port does it by this scheme.</summary>
    internal void Serves(string name, string scheme) => Change(name, s => s with { Scheme = scheme });

    /// <summary>The service has stopped, and its port continues to queue clients for the next start.</summary>
    internal void Stopped(string name) => Change(name, static s => s.State == PortState.Serving ? s with { State = PortState.Bound } : s);

    /// <summary>The service continues to serve until the application ends.</summary>
    internal void Draining(string name) => Change(name, static s => s.State == PortState.Serving ? s with { State = PortState.Draining } : s);

    /// <summary>No port is available, or the service has failed. A number that is still held stays shown until it is released.</summary>
    internal void Failed(string name) => Change(name, static s => s with { State = PortState.Failed });

    /// <summary>The port is free. If its service failed, the state stays Failed.</summary>
    internal void Released(string name) => Change(name, static s => Free(s, s.State == PortState.Failed ? PortState.Failed : PortState.Released));

    /// <summary>The port is free, and about to be bound again.</summary>
    internal void Pending(string name) => Change(name, static s => Free(s, PortState.Pending));

    private static bool IsOver(PortStatus status) => status.State is PortState.Failed or PortState.Draining;

    private static PortStatus Hold(PortStatus status, int port, DateTimeOffset allocatedAt, string? heldBy) =>
        status with { State = PortState.Bound, Port = port, AllocatedAt = allocatedAt, HeldBy = heldBy };

    private static PortStatus Free(PortStatus status, PortState state) => status with { State = state, Port = null, AllocatedAt = null };

    private bool Change(string name, Func<PortStatus, PortStatus> change)
    {
        lock (_lock)
        {
            var place = _places[name];
            var after = change(_ports[place]);
            if (after == _ports[place])
            {
                return false;
            }

            _ports[place] = after;
            _snapshot = null;
            _untold.Enqueue(after);
            if (_isTelling)
            {
                return true;
            }

            _isTelling = true;
        }

        while (NextUntold() is { } status)
        {
            foreach (var subscriber in Changed?.GetInvocationList() ?? [])
            {
                Tell((EventHandler<PortStatus>)subscriber, status);
            }
        }

        return true;
    }

    private PortStatus? NextUntold()
    {
        lock (_lock)
        {
            _isTelling = _untold.TryDequeue(out var status);
            return status;
        }
    }

    private void Tell(EventHandler<PortStatus> subscriber, PortStatus status)
    {
        try
        {
            subscriber(this, status);
        }
        catch (Exception e)
        {
            logger?.SubscriberFailed(e, status.Name);
        }
    }
}
