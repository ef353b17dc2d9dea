using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PortGen.Configuration;
using PortGen.Platform;

namespace PortGen.Binding.Conflicts;

/// <summary>What is told of ports that could not be had.</summary>
internal sealed class ConflictReport
{
    private const int MostReasons = 20;

    private readonly IReadOnlyList<MissedPort> _missed;
    private readonly PortHolderLookup _lookup;
    private readonly IReadOnlyDictionary<ContestedPort, PortHolder> _holders;
    private readonly bool _searchGoesOn;

    /// <summary>Finds out what holds the ports that are in use.</summary>
    /// <param name="missed">The ports.</param>
    /// <param name="lookup">Finds it out.</param>
    /// <param name="isLast">Whether the start has failed, so that the search may take more time.</param>
    public ConflictReport(IReadOnlyList<MissedPort> missed, PortHolderLookup lookup, bool isLast = false)
    {
        (_missed, _lookup) = (missed, lookup);
        _holders = lookup.Find(
            [.. missed
                .SelectMany(static m => m.Failures.Where(static f => IsInUse(f.Value)).Select(f => new ContestedPort(m.Port.Host, f.Key)))
                .Distinct()],
            isLast);
        _searchGoesOn = !isLast && lookup.GoesOn;
    }

    /// <summary>PG3001, a line for each port.</summary>
    public string Failure => string.Join('\n', _missed.Select(m =>
        $"{PortRule.NoPortAvailable.Id}: {PortRule.NoPortAvailable.Format(m.Port.Name, Describe(m))}"));

    /// <summary>Warns of each port that missed its preferred number.</summary>
    public void WarnOfPreferred(ILogger logger)
    {
        foreach (var (port, failures) in _missed)
        {
            var failure = failures[port.Port];
            if (IsInUse(failure))
            {
                logger.PortInUse(port.Name, port.Port, port.Host, Holder(port.Host, port.Port));
            }
            else
            {
                logger.PortNotBindable(port.Name, port.Port, port.Host, Reason(port.Host, port.Port, failure));
            }
        }
    }

    /// <summary>Tells of each preferred port whose holder becomes known from now on, once.</summary>
    /// <param name="found">Told on another thread of the port, its holder in short, and everything that is known of it.</param>
    public void WatchPreferred(Action<PlannedPort, string, string> found)
    {
        var unknown = _missed.Where(m => IsInUse(m.Failures[m.Port.Port]) && _holders.GetValueOrDefault(Contested(m.Port))?.Process is null)
            .ToLookup(static m => Contested(m.Port), static m => m.Port);
        if (_searchGoesOn && unknown.Count > 0)
        {
            _lookup.Watch([.. unknown.Select(static u => u.Key)], (contested, holder) =>
            {
                foreach (var port in unknown[contested])
                {
                    found(port, holder.ToString(), holder.Describe());
                }
            });
        }

        static ContestedPort Contested(PlannedPort port) => new(port.Host, port.Port);
    }

    /// <summary>What holds a number, in short; <see langword="null"/> where nothing is known.</summary>
    public string? HeldBy(PlannedPort port, int number) => _holders.GetValueOrDefault(new(port.Host, number))?.ToString();

    /// <summary>What was tried for a port, what stood in the way, and what to do next.</summary>
    public string Describe(PlannedPort port) => Describe(_missed.First(m => m.Port.Name == port.Name));

    private string Describe(MissedPort missed)
    {
        var (port, failures) = missed;
        var exact = port.RangeSource.Configured is not null ? $" (exact by {port.RangeSource})" : "";
        var tried = failures.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $"port {failures.First().Key} on {port.Host} was tried{exact}")
            : string.Create(CultureInfo.InvariantCulture, $"all {failures.Count} ports of {port.Range} on {port.Host} were tried");
        return $"{tried}; {Reasons(port.Host, failures)}{Advice(missed)}";
    }

    // Where the system has run out of something, another port is no way out, and the reason says what is.
    private static string Advice(MissedPort missed) => missed switch
    {
        _ when missed.Failures.Values.All(static f => f.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable) => "",
        { Port.Range.Count: 1 } => $". Free it, or set {PortSetting.Section}:{missed.Port.Name}:{PortSetting.Port.Key} to another port",
        _ => $". Free a port, or set {PortSetting.Section}:{missed.Port.Name}:{PortSetting.Range.Key} to another range",
    };

    // Ports with one reason read as one: "9101-9109, 9120 in use by nginx (pid 17)".
    private string Reasons(string host, IReadOnlyDictionary<int, SocketException> failures)
    {
        var reasons = failures.Keys.Order().GroupBy(n => Reason(host, n, failures[n])).ToList();
        var told = reasons.Take(MostReasons).Select(static r => $"{Runs([.. r])} {r.Key}");
        var untold = reasons.Skip(MostReasons).SelectMany(static r => r).Order().ToList();
        return string.Join("; ", untold.Count == 0 ? told : told.Append($"{Runs(untold)} for other reasons"));
    }

    private string Reason(string host, int number, SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"in use by {Holder(host, number)}",
        SocketError.AccessDenied => PortPermission.Explain(number),
        _ => failure.Message,
    };

    private string Holder(string host, int number) =>
        _holders.GetValueOrDefault(new(host, number))?.Describe(_searchGoesOn) ?? (_searchGoesOn ? "a process that is not known yet" : "a process that could not be found");

    private static bool IsInUse(SocketException failure) => failure.SocketErrorCode == SocketError.AddressAlreadyInUse;

    private static string Runs(List<int> numbers)
    {
        var runs = new List<string>();
        for (var i = 0; i < numbers.Count;)
        {
            var first = i++;
            while (i < numbers.Count && numbers[i] == numbers[i - 1] + 1)
            {
                i++;
            }

            runs.Add(string.Create(CultureInfo.InvariantCulture, $"{new PortRange(numbers[first], numbers[i - 1])}"));
        }

        return string.Join(", ", runs);
    }
}
