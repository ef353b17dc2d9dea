using System.Globalization;

namespace PortGen;

/// <summary>The rules about ports as pure functions. Every reader (editor, build, run time) applies these and only these.</summary>
internal static class PortRules
{
    /// <summary>The lowest port PortGen selects: those below are for privileged programs (RFC 6335, section 6: system ports 0-1023).</summary>
    public const int MinPort = 1024;

    /// <summary>The highest TCP port (RFC 9293: 16 bits).</summary>
    public const int MaxPort = 65535;

    /// <summary>Whether PortGen may select the port.</summary>
    public static bool IsSelectable(int port) => port is >= MinPort and <= MaxPort;

    /// <summary>Applies every rule to the ports of one application.</summary>
    /// <param name="ports">The ports in the order of their declaration: of two that collide, the later one is at fault.</param>
    /// <param name="generatedClass">The name of the generated class; no port may take it for its property.</param>
    public static IReadOnlyList<PortProblem> Check(IReadOnlyList<PortSpec> ports, string generatedClass = "Ports")
    {
        var problems = new List<PortProblem>();
        for (var i = 0; i < ports.Count; i++)
        {
            CheckRange(ports, i, problems);
            CheckPreferred(ports, i, problems);
        }

        CheckNames(ports, generatedClass, problems);
        CheckPreferredNumbers(ports, problems);
        CheckDependencies(ports, problems);
        return problems;
    }

    // PG0001, PG0002, PG0003: the range by itself.
    private static void CheckRange(IReadOnlyList<PortSpec> ports, int index, List<PortProblem> problems)
    {
        var port = ports[index];
        if (port.Range is null)
        {
            return;
        }

        if (!PortRange.TrySplit(port.Range, out var firstText, out var lastText))
        {
            problems.Add(new(PortRule.RangeSyntax, index, PortPart.Range, [port.Range, port.Name]));
            return;
        }

        var (first, last) = (PortRange.ToNumber(firstText), PortRange.ToNumber(lastText));
        if (!IsSelectable(first))
        {
            problems.Add(new(PortRule.PortOutOfBounds, index, PortPart.Range, [firstText, port.Name]));
        }

        if (!IsSelectable(last) && firstText != lastText)
        {
            problems.Add(new(PortRule.PortOutOfBounds, index, PortPart.Range, [lastText, port.Name]));
        }

        if (last < first)
        {
            problems.Add(new(PortRule.RangeReversed, index, PortPart.Range, [port.Range, port.Name, lastText + "-" + firstText]));
        }
    }

    // PG0002, PG0004: the preferred port by itself and against its range.
    private static void CheckPreferred(IReadOnlyList<PortSpec> ports, int index, List<PortProblem> problems)
    {
        var port = ports[index];
        if (port.Port == 0)
        {
            return;
        }

        if (!IsSelectable(port.Port))
        {
            problems.Add(new(PortRule.PortOutOfBounds, index, PortPart.Port, [port.Port, port.Name]));
        }
        else if (PortRange.TryParse(port.Range, out var range) && !range.Contains(port.Port))
        {
            problems.Add(new(PortRule.PortOutsideRange, index, PortPart.Port, [port.Port, port.Name, range]));
        }
    }

    // PG0005, PG0011: names.
    private static void CheckNames(IReadOnlyList<PortSpec> ports, string generatedClass, List<PortProblem> problems)
    {
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        var byIdentifier = new Dictionary<string, int>(StringComparer.Ordinal);
        var byAlias = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
        {
            var name = ports[i].Name;
            if (PortName.Defect(name, generatedClass) is { } defect)
            {
                problems.Add(new(PortRule.InvalidName, i, PortPart.Name, [name, defect]));
            }
            else if (byName.TryGetValue(name, out var first))
            {
                problems.Add(new(PortRule.DuplicateName, i, PortPart.Name, [name, ports[i].DeclaredBy, ports[first].DeclaredBy]) { Other = first });
            }
            else if (Collision(ports, name, byIdentifier, byAlias) is { } collision)
            {
                problems.Add(new(PortRule.InvalidName, i, PortPart.Name, [name, collision.Reason]) { Other = collision.Other });
            }
            else
            {
                byName.Add(name, i);
                byIdentifier.Add(PortName.ToIdentifier(name), i);
                foreach (var alias in PortSetting.Aliases(name))
                {
                    byAlias.Add(alias, i);
                }
            }
        }
    }

    private static (int Other, string Reason)? Collision(
        IReadOnlyList<PortSpec> ports, string name, Dictionary<string, int> byIdentifier, Dictionary<string, int> byAlias)
    {
        if (byIdentifier.TryGetValue(PortName.ToIdentifier(name), out var other))
        {
            return (other, $"its generated property {PortName.ToIdentifier(name)} would also be that of '{ports[other].Name}'; choose another name");
        }

        foreach (var alias in PortSetting.Aliases(name))
        {
            if (byAlias.TryGetValue(alias, out other))
            {
                return (other, $"its environment variable {alias} would also be one of '{ports[other].Name}'; choose another name");
            }
        }

        return null;
    }

    // PG0006: within one application a number belongs to one port, whatever its host.
    private static void CheckPreferredNumbers(IReadOnlyList<PortSpec> ports, List<PortProblem> problems)
    {
        var byNumber = new Dictionary<int, int>();
        for (var i = 0; i < ports.Count; i++)
        {
            if (!IsSelectable(ports[i].Port))
            {
                continue;
            }

            if (byNumber.TryGetValue(ports[i].Port, out var first))
            {
                object number = ports[i].Port.ToString(CultureInfo.InvariantCulture);
                problems.Add(new(PortRule.DuplicatePort, i, PortPart.Port, [number, ports[first].Name, ports[i].Name]) { Other = first });
            }
            else
            {
                byNumber.Add(ports[i].Port, i);
            }
        }
    }

    // PG0008: each cycle once, at the service that its path begins with.
    private static void CheckDependencies(IReadOnlyList<PortSpec> ports, List<PortProblem> problems)
    {
        foreach (var cycle in StartupOrder.Of(ports).Cycles)
        {
            for (var i = 0; i < ports.Count; i++)
            {
                if (ports[i].IsServicePort && ports[i].Name == cycle[0])
                {
                    var path = string.Join(" -> ", cycle.Concat([cycle[0]]));
                    var element = ports[i].DependsOn.ToList().IndexOf(cycle[cycle.Count > 1 ? 1 : 0]);
                    problems.Add(new(PortRule.DependencyCycle, i, PortPart.DependsOn, [path]) { Element = element });
                    break;
                }
            }
        }
    }
}
