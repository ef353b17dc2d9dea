using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace PortGen;

/// <summary>The ledger of the application's ports: what is bound, serving, draining, released. It watches and decides nothing.</summary>
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

    internal void Reset(IEnumerable<PortStatus> ports)
    {
        lock (_lock)
        {
            _ports = [.. ports];
            _places = _ports.Select(static (port, place) => (port.Name, place)).ToDictionary(static p => p.Name, static p => p.place, StringComparer.Ordinal);
            _snapshot = null;
        }
    }

    internal void Update(string name, Func<PortStatus, PortStatus> change)
    {
        lock (_lock)
        {
            var place = _places[name];
            var after = change(_ports[place]);
            if (after == _ports[place])
            {
                return;
            }

            _ports[place] = after;
            _snapshot = null;
            _untold.Enqueue(after);
            if (_isTelling)
            {
                return;
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

    /// <summary>Changes the state of all ports of a service.</summary>
    internal void UpdateService(string service, Func<PortStatus, PortStatus> change)
    {
        foreach (var port in Ports.Where(p => p.Service == service))
        {
            Update(port.Name, change);
        }
    }
}
