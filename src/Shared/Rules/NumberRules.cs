using System.Globalization;

namespace PortGen;

/// <summary>PG0006, PG0007, PG0009, PG0010, PG0012 to PG0014: the numbers themselves, and what else uses them.</summary>
internal static class NumberRules
{
    // The lowest ephemeral port of the common systems: Linux's default ip_local_port_range begins here (ip(7)).
    private const int FirstEphemeralPort = 32768;

    private const int FallbackWidth = 10;

    // The ports from 1024 up that browsers block by the WHATWG Fetch standard ("port blocking").
    private static readonly int[] s_blockedByBrowsers =
    [
        1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    ];

    // The documented default ports of programs that run next to a developer's services.
    private static readonly Dictionary<int, string> s_wellKnown = new()
    {
        [1433] = "SQL Server",
        [1521] = "Oracle Database",
        [1883] = "MQTT brokers",
        [2375] = "Docker",
        [2376] = "Docker",
        [3306] = "MySQL and MariaDB",
        [3389] = "Remote Desktop",
        [5000] = "AirPlay on macOS",
        [5432] = "PostgreSQL",
        [5672] = "RabbitMQ",
        [5900] = "VNC and Screen Sharing on macOS",
        [6379] = "Redis",
        [7000] = "AirPlay on macOS",
        [9092] = "Kafka",
        [9200] = "Elasticsearch",
        [11211] = "memcached",
        [15672] = "RabbitMQ's management",
        [27017] = "MongoDB",
    };

    public static void Check(IReadOnlyList<PortSpec> ports, List<PortProblem> problems)
    {
        // A port that is wrong by itself is skipped from here on: one mistake, one report.
        var sound = new HashSet<int>(Enumerable.Range(0, ports.Count));
        sound.ExceptWith(problems.Where(static p => p.Part is PortPart.Port or PortPart.Range).Select(static p => p.Spec));
        foreach (var index in sound.OrderBy(static i => i))
        {
            CheckPlace(ports[index], index, problems);
        }

        foreach (var index in CheckPreferences(ports, problems))
        {
            sound.Remove(index);
        }

        CheckTogether(ports, sound, problems);
        CheckPrimaries(ports, problems);
    }

    /// <summary>Whether the number would only replace an error with a warning: PG0009, PG0010 or PG0013.</summary>
    public static bool IsDiscouraged(PortSpec port, int number) =>
        s_wellKnown.ContainsKey(number)
        || (port.HealthPath is not null && s_blockedByBrowsers.Contains(number))
        || (number >= FirstEphemeralPort && port.Port < FirstEphemeralPort);

    private static void CheckPlace(PortSpec port, int index, List<PortProblem> problems)
    {
        if (RangeOf(port) is not { } range)
        {
            return;
        }

        var rangePart = port.Range is null ? PortPart.Port : PortPart.Range;
        if (range.Last >= FirstEphemeralPort)
        {
            problems.Add(new(PortRule.EphemeralRange, index, rangePart, [range, port.Name]));
        }

        // The preferred port comes first; a fallback that browsers block is as bad.
        if (port.HealthPath is not null && s_blockedByBrowsers.OrderBy(n => n != port.Port).FirstOrDefault(range.Contains) is > 0 and var blocked)
        {
            problems.Add(new(PortRule.BlockedByBrowsers, index, blocked == port.Port ? PortPart.Port : PortPart.Range, [blocked, port.Name]));
        }

        if (range.Count == 1)
        {
            // Fallbacks end below the ephemeral range, unless the port itself is in it.
            var first = Math.Min(range.First, (range.First < FirstEphemeralPort ? FirstEphemeralPort : PortNumber.Max + 1) - FallbackWidth);
            var wider = new PortRange(first, first + FallbackWidth - 1).ToString();
            problems.Add(new(PortRule.SinglePort, index, rangePart, [range, port.Name, wider]) { Cures = [new(PortPart.Range, wider)] });
        }

        if (s_wellKnown.TryGetValue(port.Port, out var program))
        {
            problems.Add(new(PortRule.WellKnownPort, index, PortPart.Port, [port.Port, port.Name, program]));
        }
    }

    // PG0006: within one application a number belongs to one port, whatever its host. Returns the ports at fault.
    private static IEnumerable<int> CheckPreferences(IReadOnlyList<PortSpec> ports, List<PortProblem> problems)
    {
        var duplicates = Duplicates(ports, out var byNumber);
        foreach (var index in duplicates)
        {
            var (port, first) = (ports[index], byNumber[ports[index].Port]);
            var next = NextFree(port, byNumber);
            problems.Add(new(PortRule.DuplicatePort, index, PortPart.Port, [port.Port, ports[first].Name, port.Name])
            {
                Others = [first],
                Cures = next is null ? [] : [new(PortPart.Port, next.Value.ToString(CultureInfo.InvariantCulture))],
            });
            if (next is not null)
            {
                byNumber.Add(next.Value, index);
            }
        }

        return duplicates;
    }

    /// <summary>Ports that prefer an earlier one's number, and the first port to prefer each number.</summary>
    public static List<int> Duplicates(IReadOnlyList<PortSpec> ports, out Dictionary<int, int> byNumber)
    {
        byNumber = [];
        var duplicates = new List<int>();
        for (var i = 0; i < ports.Count; i++)
        {
            if (!PortNumber.IsSelectable(ports[i].Port))
            {
                continue;
            }

            if (byNumber.ContainsKey(ports[i].Port))
            {
                duplicates.Add(i);
            }
            else
            {
                byNumber.Add(ports[i].Port, i);
            }
        }

        return duplicates;
    }

    // Upwards in the port's own range, wrapping around; without one, in all ports.
    private static int? NextFree(PortSpec port, Dictionary<int, int> taken)
    {
        var range = PortRange.TryParse(port.Range, out var own) ? own : new PortRange(PortNumber.Min, PortNumber.Max);
        var start = Math.Min(Math.Max(port.Port, range.First), range.Last);
        for (var i = 0; i < range.Count; i++)
        {
            var candidate = range.First + ((start - range.First + i) % range.Count);
            if (!taken.ContainsKey(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static void CheckTogether(IReadOnlyList<PortSpec> ports, HashSet<int> sound, List<PortProblem> problems)
    {
        foreach (var (members, shared) in Conflicts(ports, sound))
        {
            var atFault = members[members.Count - 1];
            var names = string.Join(", ", members.Select(i => "'" + ports[i].Name + "'"));
            var part = ports[atFault].Range is null ? PortPart.Port : PortPart.Range;
            problems.Add(new(PortRule.Unsatisfiable, atFault, part, [names, members.Count, shared]) { Others = [.. members.Take(members.Count - 1)] });
        }
    }

    /// <summary>PG0007: which of the ports can't all be served. Each conflict drops its last port, until the rest can be.</summary>
    public static IEnumerable<PortConflict> Conflicts(IReadOnlyList<PortSpec> ports, HashSet<int> sound)
    {
        var open = sound.Where(i => RangeOf(ports[i]) is not null).OrderBy(static i => i).ToList();

        // The preferred numbers are already a valid assignment: the remaining ones differ.
        if (open.TrueForAll(i => ports[i].Port != 0))
        {
            yield break;
        }

        while (PortMatching.SmallestConflict([.. open.Select(i => RangeOf(ports[i])!.Value)]) is { } conflict)
        {
            var members = conflict.Members.Select(m => open[m]).ToList();
            yield return new(members, conflict.Shared);
            open.Remove(members[members.Count - 1]);
        }
    }

    private static void CheckPrimaries(IReadOnlyList<PortSpec> ports, List<PortProblem> problems)
    {
        var first = -1;
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i].Primary && first >= 0)
            {
                problems.Add(new(PortRule.SeveralPrimaries, i, PortPart.Primary, [ports[first].Name, ports[i].Name]) { Others = [first] });
            }
            else if (ports[i].Primary)
            {
                first = i;
            }
        }
    }

    // The numbers a port may get; null if the system chooses.
    private static PortRange? RangeOf(PortSpec port) =>
        PortRange.TryParse(port.Range, out var range) ? range
        : port.Range is null && PortNumber.IsSelectable(port.Port) ? new PortRange(port.Port, port.Port) : null;
}
