using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PortGen.Configuration;

namespace PortGen.Binding;

/// <summary>Turns ports of the plan into leases: every required port, or none at all.</summary>
internal sealed class PortBinder : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly PortPlan _plan;
    private readonly IReadOnlyList<PlannedPort> _ports;
    private readonly IReadOnlySet<int> _taken;
    private readonly HashSet<int> _preferred;
    private readonly PortRegistry _registry;
    private readonly ILogger _logger;
    private readonly HeldPorts _held;
    private readonly Dictionary<string, PortLease> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<int, SocketException>> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _unranged = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private IReadOnlyList<PlannedPort> _missing = [];

    private PortBinder(PortPlan plan, IReadOnlyList<PlannedPort> ports, IReadOnlySet<int> taken, PortRegistry registry, ILogger logger, ListenProbing probing)
    {
        _plan = plan;
        _ports = ports;
        _taken = taken;
        _preferred = [.. plan.Ports.Select(static p => p.Preferred)];
        _registry = registry;
        _logger = logger;
        _held = new HeldPorts(probing);
    }

    /// <summary>Binds every port of the plan.</summary>
    /// <inheritdoc cref="BindAsync(PortPlan, IReadOnlyList{PlannedPort}, IReadOnlySet{int}, PortRegistry, ILogger, CancellationToken)"/>
    public static Task<IReadOnlyDictionary<string, PortLease>> BindAsync(
        PortPlan plan, PortRegistry registry, ILogger logger, CancellationToken cancellationToken, ListenProbing? probing = null) =>
        BindAsync(new PortBinder(plan, plan.Ports, FrozenSet<int>.Empty, registry, logger, probing ?? ListenSocket.DefaultProbing), cancellationToken);

    /// <summary>Binds some ports of the plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="ports">Those of its ports that are to be bound.</param>
    /// <param name="taken">Numbers that other ports of this application hold, on whatever host: they are not to be had.</param>
    /// <param name="registry">Is told what becomes of each port.</param>
    /// <param name="logger">Is told what the operator should know.</param>
    /// <param name="cancellationToken">Gives binding up.</param>
    /// <returns>The leases by port name; an optional port that is not to be had is missing.</returns>
    /// <exception cref="PortUnavailableException">A required port was not to be had within the bind timeout.</exception>
    /// <exception cref="OperationCanceledException">Binding was given up. As with every exception, nothing is left bound.</exception>
    public static Task<IReadOnlyDictionary<string, PortLease>> BindAsync(
        PortPlan plan, IReadOnlyList<PlannedPort> ports, IReadOnlySet<int> taken, PortRegistry registry, ILogger logger, CancellationToken cancellationToken) =>
        BindAsync(new PortBinder(plan, ports, taken, registry, logger, ListenSocket.DefaultProbing), cancellationToken);

    private static async Task<IReadOnlyDictionary<string, PortLease>> BindAsync(PortBinder binder, CancellationToken cancellationToken)
    {
        using (binder)
        {
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
    }

    /// <summary>Lets go of what no lease took over.</summary>
    public void Dispose() => _held.Dispose();

    private async Task BindAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        for (var round = 0; !TryAll(cancellationToken); round++)
        {
            ReportMissed();
            if (clock.Elapsed >= _plan.BindTimeout)
            {
                throw new PortUnavailableException(DescribeFailure());
            }

            if (round == 0)
            {
                _logger.WaitingForPorts(_plan.BindTimeout.TotalSeconds);
            }

            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
            _held.Forget();
        }

        foreach (var port in _missing)
        {
            _logger.LeftOut(port.Name, Describe(port, PortHolderLookup.Find(_failures[port.Name].Keys)));
            _registry.Update(port.Name, static s => s with { State = PortState.Failed });
        }

        JoinServices();
    }

    // Settles who gets which number, then makes leases of it. False where a required port got none.
    private bool TryAll(CancellationToken cancellationToken)
    {
        while (true)
        {
            var attempts = new int[_ports.Count];
            var numbers = new PortAssignment(_ports, _preferred, (port, number) => CanHave(port, number, attempts, cancellationToken)).Solve();
            HoldUnranged(numbers, attempts);
            NoteFailures(numbers);
            for (var i = 0; i < attempts.Length; i++)
            {
                var more = attempts[i];
                _registry.Update(_ports[i].Name, s => s with { BindAttempts = s.BindAttempts + more });
            }

            _missing = [.. _ports.Where((_, i) => numbers[i] == 0)];
            if (_missing.Any(static p => p.Required))
            {
                return false;
            }

            // Only where hosts differ can a number be lost again; then everything is settled anew.
            if (_ports.Where((port, i) => numbers[i] != 0 && !_held.Secure(port.Host, numbers[i])).Any())
            {
                continue;
            }

            ReportMissed();
            TakeAll(numbers);
            return true;
        }
    }

    private bool CanHave(int port, int number, int[] attempts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var before = _held.Attempts;
        var can = !_taken.Contains(number) && !_unranged.ContainsValue(number) && _held.TryHold(_ports[port].Host, number);
        attempts[port] += _held.Attempts - before;
        return can;
    }

    private void HoldUnranged(int[] numbers, int[] attempts)
    {
        for (var i = 0; i < _ports.Count; i++)
        {
            var port = _ports[i];
            if (port.Allowed is not null || _unranged.TryGetValue(port.Name, out numbers[i]))
            {
                continue;
            }

            attempts[i]++;
            numbers[i] = _held.HoldAny(port.Host, out var refusal);
            if (refusal is null)
            {
                _unranged.Add(port.Name, numbers[i]);
            }
            else
            {
                _failures[port.Name] = new() { [0] = refusal };
            }
        }
    }

    // What every port without its preferred number, or without any, ran into.
    private void NoteFailures(int[] numbers)
    {
        for (var i = 0; i < _ports.Count; i++)
        {
            var port = _ports[i];
            if (port.Allowed is not { } range || (numbers[i] != 0 && (port.Preferred == 0 || port.Preferred == numbers[i])))
            {
                continue;
            }

            // Where the system has not refused the number, another port of this application has it.
            var tried = numbers[i] == 0 ? Enumerable.Range(range.First, range.Count) : [port.Preferred];
            _failures[port.Name] = tried.ToDictionary(
                static n => n,
                n => _held.RefusalOf(port.Host, n) ?? new SocketException((int)SocketError.AddressAlreadyInUse));
        }
    }

    private void TakeAll(int[] numbers)
    {
        for (var i = 0; i < _ports.Count; i++)
        {
            if (numbers[i] != 0)
            {
                Lease(_ports[i], _held.Take(numbers[i]));
            }
        }
    }

    private void Lease(PlannedPort port, ListenResult result)
    {
        var lease = new PortLease(port.Name, port.Host, result);
        _leases.Add(port.Name, lease);
        foreach (var address in result.MissingAddresses)
        {
            _logger.AddressMissing(address, port.Name);
        }

        if (port.Preferred != 0 && lease.Port != port.Preferred)
        {
            _logger.Fallback(port.Name, lease.Port, port.Preferred);
        }

        if (_logger.IsEnabled(LogLevel.Information))
        {
            _logger.Bound(port.Name, lease.Port, string.Join(", ", lease.EndPoints));
        }

        _registry.Update(port.Name, s => s with { State = PortState.Bound, Port = lease.Port, AllocatedAt = lease.AllocatedAt });
    }

    // Once for each port that missed its preferred number: who has it?
    private void ReportMissed()
    {
        var missed = _ports.Where(p => p.Preferred != 0 && _failures.ContainsKey(p.Name) && _reported.Add(p.Name)).ToList();
        var holders = PortHolderLookup.Find([.. missed.Select(static p => p.Preferred)]);
        foreach (var port in missed)
        {
            var failure = _failures[port.Name][port.Preferred];
            if (failure.SocketErrorCode != SocketError.AddressAlreadyInUse)
            {
                _logger.PortNotBindable(port.Name, port.Preferred, port.Host, failure.Message);
                continue;
            }

            var holder = holders.GetValueOrDefault(port.Preferred)?.ToString();
            _logger.PortInUse(port.Name, port.Preferred, port.Host, holder ?? "a process that could not be found");
            _registry.Update(port.Name, s => s with { HeldBy = holder });
        }
    }

    private string DescribeFailure()
    {
        var missing = _missing.Where(static p => p.Required).ToList();
        var holders = PortHolderLookup.Find([.. missing.SelectMany(p => _failures[p.Name].Keys).Distinct()]);
        return string.Join('\n', missing.Select(p => $"{PortRule.NoPortAvailable.Id}: {PortRule.NoPortAvailable.Format(p.Name, Describe(p, holders))}"));
    }

    private string Describe(PlannedPort port, IReadOnlyDictionary<int, PortHolder> holders)
    {
        var failures = _failures[port.Name];
        var reasons = failures.Keys.Order().Select(n => (Number: n, Reason: Reason(failures[n], holders.GetValueOrDefault(n)))).ToList();
        var tried = failures.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $"port {reasons[0].Number} on {port.Host} was tried")
            : string.Create(CultureInfo.InvariantCulture, $"all {failures.Count} ports of {port.Allowed} on {port.Host} were tried");
        var advice = port.Allowed is { Count: 1 }
            ? $"Free it, or set {PortSetting.Section}:{port.Name}:{PortSetting.Port.Key} to another port"
            : $"Free a port, or set {PortSetting.Section}:{port.Name}:{PortSetting.Range.Key} to another range";
        return $"{tried}; {string.Join(", ", Runs(reasons))}. {advice}";
    }

    private static string Reason(SocketException failure, PortHolder? holder) => failure.SocketErrorCode == SocketError.AddressAlreadyInUse
        ? $"in use by {holder?.ToString() ?? "a process that could not be found"}"
        : failure.Message;

    // Neighbouring ports with one reason read as one: "9101-9110 in use by nginx (pid 17)".
    private static IEnumerable<string> Runs(List<(int Number, string Reason)> reasons)
    {
        for (var i = 0; i < reasons.Count;)
        {
            var first = i++;
            while (i < reasons.Count && reasons[i].Reason == reasons[first].Reason && reasons[i].Number == reasons[i - 1].Number + 1)
            {
                i++;
            }

            var (from, to) = (reasons[first].Number, reasons[i - 1].Number);
            var numbers = from == to ? from.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{from}-{to}");
            yield return $"{numbers} {reasons[first].Reason}";
        }
    }

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
