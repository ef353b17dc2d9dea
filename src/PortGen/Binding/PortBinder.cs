using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PortGen.Binding.Conflicts;
using PortGen.Configuration;
using PortGen.Platform;

namespace PortGen.Binding;

/// <summary>Turns ports of the plan into leases: every required port, or none at all.</summary>
internal sealed class PortBinder : IDisposable
{
    // Random, so that starters that were in each other's way once are not again. In milliseconds.
    private const int ShortestPause = 20;
    private const int LongestPause = 150;

    private readonly PortPlan _plan;
    private readonly BindOptions _options;
    private readonly IReadOnlyList<PlannedPort> _ports;
    private readonly IReadOnlyList<int> _exact;
    private readonly HashSet<int> _preferred;
    private readonly PortRegistry? _registry;
    private readonly ILogger _logger;
    private readonly HeldPorts _held;
    private readonly Dictionary<string, PortLease> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<int, SocketException>> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _unranged = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _attempts = new(StringComparer.Ordinal);

    // Holders may become known on another thread, while ports are bound and later.
    private readonly Lock _holders = new();
    private readonly Dictionary<string, string?> _heldBy = new(StringComparer.Ordinal);
    private IReadOnlyList<PlannedPort> _missing = [];
    private IReadOnlyList<int> _awaited = [];

    private PortBinder(PortPlan plan, PortRegistry? registry, ILogger logger, BindOptions options)
    {
        _plan = plan;
        _options = options;
        _ports = options.Ports ?? plan.Ports;
        _preferred = [.. plan.Ports.Select(static p => p.Port)];

        // Every starter takes them in this order. So of several that are in each other's way, the one that holds the highest number always gets on.
        _exact = [.. Enumerable.Range(0, _ports.Count).Where(i => _ports[i] is { Required: true, Range.Count: 1 }).OrderBy(i => _ports[i].Range!.Value.First)];
        _registry = registry;
        _logger = logger;
        _held = new HeldPorts(options.Probing);
    }

    /// <summary>Binds ports of the plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="registry">Is told what becomes of each port; <see langword="null"/> where the ports are held elsewhere until this has succeeded.</param>
    /// <param name="logger">Is told what the operator should know.</param>
    /// <param name="cancellationToken">Gives binding up.</param>
    /// <param name="options">Which ports, and how; <see langword="null"/> for all.</param>
    /// <returns>The leases by port name; an optional port that is unavailable is missing.</returns>
    /// <exception cref="PortUnavailableException">A required port was unavailable for the whole bind timeout.</exception>
    /// <exception cref="OperationCanceledException">Binding was given up. As with every exception, nothing is left bound.</exception>
    public static async Task<IReadOnlyDictionary<string, PortLease>> BindAsync(
        PortPlan plan, PortRegistry? registry, ILogger logger, CancellationToken cancellationToken, BindOptions? options = null)
    {
        using var binder = new PortBinder(plan, registry, logger, options ?? new BindOptions());
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

    /// <summary>Lets go of what no lease took over.</summary>
    public void Dispose() => _held.Dispose();

    private async Task BindAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        for (var round = 0; !TryAll(cancellationToken); round++)
        {
            var isOver = clock.Elapsed >= _plan.BindTimeout;
            if (isOver)
            {
                // Before anything is let go of: a process that this one starts just then has a copy until it runs its program, and would seem to hold it.
                NoteExhausted();
            }

            // Two that kept what they have and waited for the rest would wait for each other, and their clients for both.
            LetGo();
            ReportMissed();
            if (isOver)
            {
                throw Unavailable();
            }

            if (round == 0)
            {
                _logger.WaitingForPorts(_plan.BindTimeout.TotalSeconds);
            }

            await Task.Delay(Random.Shared.Next(ShortestPause, LongestPause + 1), cancellationToken).ConfigureAwait(false);
        }

        var report = ReportMissing();
        foreach (var port in _missing)
        {
            _logger.LeftOut(port.Name, report.Describe(port));
            _registry?.Failed(port.Name);
        }
    }

    private void LetGo()
    {
        _held.Clear();
        _unranged.Clear();
    }

    private PortUnavailableException Unavailable()
    {
        foreach (var port in _missing.Where(static p => p.Required))
        {
            _registry?.Failed(port.Name);
        }

        return new PortUnavailableException(ReportMissing().Failure);
    }

    // Settles who gets which number, then makes leases of it. False where a required port got none.
    private bool TryAll(CancellationToken cancellationToken)
    {
        var attempts = new int[_ports.Count];
        if (!HoldExact(attempts, cancellationToken))
        {
            Count(attempts);
            return false;
        }

        while (true)
        {
            var numbers = new PortAssignment(_ports, _preferred, (port, number) => CanHave(port, number, attempts, cancellationToken)).Solve();
            HoldUnranged(numbers, attempts);
            NoteFailures(numbers);
            Count(attempts);
            _missing = [.. _ports.Where((_, i) => numbers[i] == 0)];
            if (_missing.Any(static p => p.Required))
            {
                return false;
            }

            // A number can be lost again only where hosts differ; then everything is decided again.
            if (_ports.Where((port, i) => numbers[i] != 0 && !_held.Secure(port.Host, numbers[i])).Any())
            {
                continue;
            }

            ReportMissed();
            TakeAll(numbers);
            return true;
        }
    }

    // Without one of these the rest is of no use. What was missed last time is only looked at until it is free, and then everything is, before
    // anything is held: no client connects to what will be let go, and waiting costs a system call a round.
    private bool HoldExact(int[] attempts, CancellationToken cancellationToken)
    {
        foreach (var port in _awaited)
        {
            if (!IsFree(port))
            {
                Miss([port]);
                return false;
            }
        }

        if ((_awaited.Count == 0 || _exact.All(IsFree)) && _exact.All(p => CanHave(p, NumberOf(p), attempts, cancellationToken)))
        {
            return true;
        }

        // All that are missing are to be told, not just the first.
        _awaited = [.. _exact.Where(p => !IsFree(p))];
        Miss(_awaited);
        return false;

        bool IsFree(int port) => this.IsFree(port, NumberOf(port), attempts, cancellationToken);
    }

    private void Miss(IEnumerable<int> exact)
    {
        _missing = [.. exact.Order().Select(p => _ports[p])];
        foreach (var port in _missing)
        {
            NoteFailures(port, [port.Range!.Value.First]);
        }
    }

    private int NumberOf(int exact) => _ports[exact].Range!.Value.First;

    private bool CanHave(int port, int number, int[] attempts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var before = _held.Attempts;
        var can = !_options.Taken.Contains(number) && !_unranged.ContainsValue(number) && _held.TryHold(_ports[port].Host, number);
        attempts[port] += _held.Attempts - before;
        return can;
    }

    private bool IsFree(int port, int number, int[] attempts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var before = _held.Attempts;
        var isFree = !_options.Taken.Contains(number) && _held.Look(_ports[port].Host, number);
        attempts[port] += _held.Attempts - before;
        return isFree;
    }

    private void Count(int[] attempts)
    {
        for (var i = 0; i < attempts.Length; i++)
        {
            var name = _ports[i].Name;
            _attempts[name] = _attempts.GetValueOrDefault(name) + attempts[i];
            _registry?.Tried(name, attempts[i]);
            _options.Telemetry?.Attempted(name, attempts[i]);
        }

        Array.Clear(attempts);
    }

    private void HoldUnranged(int[] numbers, int[] attempts)
    {
        for (var i = 0; i < _ports.Count; i++)
        {
            var port = _ports[i];
            if (port.Range is not null || _unranged.TryGetValue(port.Name, out numbers[i]))
            {
                continue;
            }

            var before = _held.Attempts;
            numbers[i] = _held.HoldAny(port.Host, out var refusal);
            attempts[i] += _held.Attempts - before;
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
            if (port.Range is not { } range || (numbers[i] != 0 && (port.Port == 0 || port.Port == numbers[i])))
            {
                continue;
            }

            NoteFailures(port, numbers[i] == 0 ? Enumerable.Range(range.First, range.Count) : [port.Port]);
        }
    }

    // Where the system has not refused the number, another port of this application has it.
    private void NoteFailures(PlannedPort port, IEnumerable<int> numbers) => _failures[port.Name] = numbers.ToDictionary(
        static n => n,
        n => _held.RefusalOf(port.Host, n) ?? new SocketException((int)SocketError.AddressAlreadyInUse));

    // The last round may have ended early, and the error is to name every required port that has no number.
    private void NoteExhausted()
    {
        var attempts = new int[_ports.Count];
        var missing = _missing.Select(static p => p.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < _ports.Count; i++)
        {
            if (_ports[i] is { Required: true, Range: { } range } port && !missing.Contains(port.Name)
                && Enumerable.Range(range.First, range.Count).All(n => !IsFree(i, n, attempts, CancellationToken.None)))
            {
                NoteFailures(port, Enumerable.Range(range.First, range.Count));
                missing.Add(port.Name);

                // The error is enough; there is no fallback to warn of.
                _reported.Add(port.Name);
            }
        }

        Count(attempts);
        _missing = [.. _ports.Where(p => missing.Contains(p.Name))];
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
        var lease = _options.Promised(port.Name) ?? new PortLease(port.Name);
        lease.Hold(port.Host, new Listener(result));
        lease.DeclaredName = port.DeclaredName;
        lease.BindAttempts = _attempts[port.Name];
        lock (_holders)
        {
            lease.HeldBy = lease.Port == port.Port ? null : _heldBy.GetValueOrDefault(port.Name);
            _leases.Add(port.Name, lease);
        }

        foreach (var address in result.MissingAddresses)
        {
            _logger.AddressMissing(address, port.Name);
        }

        if (port.Port != 0 && lease.Port != port.Port)
        {
            _logger.Fallback(port.Name, lease.Port, port.Port);
            _options.Telemetry?.FellBack(port.Name);
        }

        if (_logger.IsEnabled(LogLevel.Information))
        {
            _logger.Bound(port.Name, lease.Port, string.Join(", ", lease.EndPoints));
        }

        _registry?.Bound(port.Name, lease.Port, lease.AllocatedAt);
    }

    // Once for each port that missed its preferred number: who has it?
    private void ReportMissed()
    {
        var missed = _ports.Where(p => p.Port != 0 && _failures.ContainsKey(p.Name) && _reported.Add(p.Name)).ToList();
        var report = new ConflictReport(
            [.. missed.Select(p => new MissedPort(p, new Dictionary<int, SocketException> { [p.Port] = _failures[p.Name][p.Port] }))],
            _options.Lookup);
        report.WarnOfPreferred(_logger);
        foreach (var port in missed)
        {
            var heldBy = report.HeldBy(port, port.Port);
            lock (_holders)
            {
                _heldBy[port.Name] = heldBy;
            }

            _registry?.Missed(port.Name, heldBy);
            _options.Telemetry?.Conflicted(port.Name);
        }

        report.WatchPreferred(TellHolder);
    }

    private void TellHolder(PlannedPort port, string heldBy, string description)
    {
        lock (_holders)
        {
            _heldBy[port.Name] = heldBy;
            if (_leases.TryGetValue(port.Name, out var lease))
            {
                if (lease.Port == port.Port)
                {
                    // It was let go of, and is ours by now.
                    return;
                }

                lease.HeldBy = heldBy;
            }
        }

        _logger.HolderFound(port.Name, port.Port, port.Host, description);
        _registry?.HolderFound(port.Name, port.Port, heldBy);
    }

    // Where a required port is missing, the optional ones that are missing too are beside the point.
    private ConflictReport ReportMissing()
    {
        var isFailure = _missing.Any(static p => p.Required);
        return new([.. _missing.Where(p => p.Required == isFailure).Select(p => new MissedPort(p, _failures[p.Name]))], _options.Lookup, isFailure);
    }

    private void ReleaseAll()
    {
        _options.Lookup.Stop();
        foreach (var lease in _leases.Values)
        {
            lease.Release();
            _registry?.Released(lease.Name);
        }
    }
}
