using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PortGen.Configuration;

namespace PortGen.Binding;

/// <summary>Turns the plan into leases: every required port, or none at all.</summary>
internal sealed class PortBinder
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly PortPlan _plan;
    private readonly PortRegistry _registry;
    private readonly ILogger _logger;
    private readonly Dictionary<string, PortLease> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<int, SocketException>> _failures = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly PortHolderLookup _lookup;

    private PortBinder(PortPlan plan, PortRegistry registry, ILogger logger, PortHolderLookup lookup)
    {
        _plan = plan;
        _registry = registry;
        _logger = logger;
        _lookup = lookup;
    }

    /// <summary>The leases by port name; an optional port that is not to be had is missing.</summary>
    /// <exception cref="PortUnavailableException">A required port was not to be had within the bind timeout.</exception>
    /// <exception cref="OperationCanceledException">Binding was given up. As with every exception, nothing is left bound.</exception>
    public static async Task<IReadOnlyDictionary<string, PortLease>> BindAsync(
        PortPlan plan, PortRegistry registry, ILogger logger, CancellationToken cancellationToken, PortHolderLookup? lookup = null)
    {
        var binder = new PortBinder(plan, registry, logger, lookup ?? new PortHolderLookup());
        try
        {
            await binder.BindAsync(cancellationToken).ConfigureAwait(false);
            return binder._leases;
        }
        catch
        {
            binder.ReleaseAll();
            throw;
        }
    }

    private async Task BindAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        for (var round = 0; ; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TryAll(cancellationToken);
            if (Missing().All(static p => !p.Required))
            {
                break;
            }

            if (clock.Elapsed >= _plan.BindTimeout)
            {
                throw new PortUnavailableException(ReportMissing(required: true).Failure);
            }

            if (round == 0)
            {
                _logger.WaitingForPorts(_plan.BindTimeout.TotalSeconds);
            }

            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
        }

        var report = ReportMissing(required: false);
        foreach (var port in Missing().ToList())
        {
            _logger.LeftOut(port.Name, report.Describe(port));
            _registry.Update(port.Name, static s => s with { State = PortState.Failed });
        }

        JoinServices();
    }

    // First everybody's preferred port, so that nobody's fallback takes it; then the fallbacks, required ports before optional ones.
    private void TryAll(CancellationToken cancellationToken)
    {
        foreach (var port in Missing().Where(static p => p.Preferred != 0).ToList())
        {
            TryBind(port, port.Preferred);
        }

        ReportMissed();
        foreach (var port in Missing().OrderBy(static p => !p.Required).ToList())
        {
            foreach (var number in Fallbacks(port))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (TryBind(port, number))
                {
                    break;
                }
            }
        }
    }

    // Upwards from the preferred port, then from the range's start.
    private static IEnumerable<int> Fallbacks(PlannedPort port)
    {
        if (port.Allowed is not { } range)
        {
            return [0];
        }

        var start = range.Contains(port.Preferred) ? port.Preferred + 1 : range.First;
        return Enumerable.Range(start, range.Last - start + 1)
            .Concat(Enumerable.Range(range.First, start - range.First))
            .Where(n => n != port.Preferred);
    }

    private IEnumerable<PlannedPort> Missing() => _plan.Ports.Where(p => !_leases.ContainsKey(p.Name));

    private bool TryBind(PlannedPort port, int number)
    {
        _registry.Update(port.Name, static s => s with { BindAttempts = s.BindAttempts + 1 });
        if (ListenSocket.TryListen(port.Host, number, out var result) is { } failure)
        {
            if (!_failures.TryGetValue(port.Name, out var failures))
            {
                _failures.Add(port.Name, failures = []);
            }

            failures[number] = failure;
            return false;
        }

        var lease = new PortLease(port.Name, port.Host, result.Sockets);
        _leases.Add(port.Name, lease);
        foreach (var address in result.MissingAddresses)
        {
            _logger.AddressMissing(address, port.Name);
        }

        if (port.Preferred != 0 && lease.Port != port.Preferred)
        {
            _logger.Fallback(port.Name, lease.Port, port.Preferred);
        }

        _logger.Bound(port.Name, lease.Port, string.Join(", ", lease.EndPoints));
        _registry.Update(port.Name, s => s with { State = PortState.Bound, Port = lease.Port, AllocatedAt = lease.AllocatedAt });
        return true;
    }

    // Once for each port that missed its preferred number: who has it?
    private void ReportMissed()
    {
        var missed = Missing().Where(p => p.Preferred != 0 && _reported.Add(p.Name)).ToList();
        var report = new ConflictReport([.. missed.Select(p => new MissedPort(p, new Dictionary<int, SocketException> { [p.Preferred] = _failures[p.Name][p.Preferred] }))], _lookup);
        report.WarnOfPreferred(_logger);
        foreach (var port in missed)
        {
            _registry.Update(port.Name, s => s with { HeldBy = report.HeldBy(port, port.Preferred) });
        }
    }

    private ConflictReport ReportMissing(bool required) => new([.. Missing().Where(p => p.Required == required).Select(p => new MissedPort(p, _failures[p.Name]))], _lookup);

    private void JoinServices()
    {
        foreach (var service in _plan.Manifest.Services)
        {
            PortLease.Join([.. service.Ports.Select(p => _leases.GetValueOrDefault(p.Name)).OfType<PortLease>()]);
        }
    }

    private void ReleaseAll()
    {
        foreach (var lease in _leases.Values)
        {
            lease.Release();
            _registry.Update(lease.Name, static s => s with { State = PortState.Released, Port = null, AllocatedAt = null });
        }
    }
}
