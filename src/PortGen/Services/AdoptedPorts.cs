using Microsoft.Extensions.Logging;
using PortGen.Binding;
using PortGen.Configuration;
using PortGen.Instances;
using PortGen.Platform;
using PortGen.Platform.Linux;

namespace PortGen.Services;

/// <summary>The ports whose sockets come from elsewhere: from systemd, or from the running instance that this start takes over from.</summary>
/// <param name="hold">Makes a lease of sockets for a port, and says whether it may accept already.</param>
/// <param name="logger">Is told what comes from whom.</param>
internal sealed class AdoptedPorts(Func<PlannedPort, HandedPort, bool, PortLease> hold, ILogger logger)
{
    private Predecessor? _predecessor;
    private IReadOnlyList<PortLease> _leases = [];

    /// <summary>Adopts what systemd has opened for the plan. systemd keeps these sockets: clients wait in their queue while the application restarts.</summary>
    public void AdoptActivated(PortPlan plan)
    {
        if (plan.FreePorts)
        {
            return;
        }

        var (matches, others) = ActivatedPorts.Match(plan, ActivationSockets.Take(out var remark));
        if (remark is not null)
        {
            logger.ActivationRemark(remark);
        }

        foreach (var (port, sockets) in matches)
        {
            logger.Activated(port.Name, hold(port, sockets, true).ToString());
        }

        foreach (var (name, socket) in others)
        {
            logger.ActivationRemark($"Socket '{name}' of LISTEN_FDS, {socket.LocalEndPoint}, fits no port of this application, and is closed");
            socket.Dispose();
        }
    }

    /// <summary>Asks the running instance for its ports, and adopts those that the plan can use. They accept from <see cref="CommitAsync"/> on.</summary>
    /// <param name="instances">Where to look for it.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="ports">The ports of the plan that have no sockets yet.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether there is one that hands over; its turn among starts is kept until <see cref="CommitAsync"/> or <see cref="Close"/>.</returns>
    public async Task<bool> TakeOverAsync(InstanceDirectory instances, PortPlan plan, IReadOnlyList<PlannedPort> ports, CancellationToken cancellationToken)
    {
        _predecessor = await Predecessor.AskAsync(instances, ProcessTable.System, plan, logger, cancellationToken).ConfigureAwait(false);
        if (_predecessor is null)
        {
            return false;
        }

        var left = _predecessor.Ports.ToList();
        var leases = new List<PortLease>();
        foreach (var port in ports)
        {
            if ((left.Find(h => h.Name == port.Name && h.Fits(port)) ?? left.Find(h => h.Number == port.Port && h.Fits(port))) is { } match)
            {
                left.Remove(match);
                leases.Add(hold(port, match, false));
            }
        }

        left.ForEach(static h => h.Dispose());
        _leases = leases;
        logger.PortsTakenOver(string.Join(", ", leases.Select(static l => l.ToString())), _predecessor.Record.ProcessId);
        return true;
    }

    /// <summary>Everything has started: what was taken over is this application's from now on.</summary>
    /// <exception cref="PortUnavailableException">The predecessor keeps its ports.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (_predecessor is not { } predecessor)
        {
            return;
        }

        await predecessor.CommitAsync(cancellationToken).ConfigureAwait(false);
        foreach (var lease in _leases)
        {
            lease.Open();
        }

        logger.TakenOver(predecessor.Record.ProcessId);
        _ = ForgetAsync(predecessor);
    }

    /// <summary>Gives up what is not committed. The sockets are closed by then: the predecessor takes the end of the connection for the end of them.</summary>
    public void Close() => Interlocked.Exchange(ref _predecessor, null)?.Dispose();

    private async Task ForgetAsync(Predecessor predecessor)
    {
        await predecessor.WaitForEndAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var lease in _leases)
        {
            lease.RemoveHolder();
        }

        if (Interlocked.CompareExchange(ref _predecessor, null, predecessor) == predecessor)
        {
            predecessor.Dispose();
        }
    }
}
