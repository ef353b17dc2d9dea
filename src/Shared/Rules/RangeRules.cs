using System.Globalization;

namespace PortGen;

/// <summary>PG0001 to PG0004: a port and its range by themselves.</summary>
internal static class RangeRules
{
    public static void Check(IReadOnlyList<PortSpec> ports, List<PortProblem> problems)
    {
        for (var i = 0; i < ports.Count; i++)
        {
            Check(ports[i], i, problems);
        }
    }

    private static void Check(PortSpec port, int index, List<PortProblem> problems)
    {
        if (port.Range is not null)
        {
            CheckRange(port.Name, port.Range, index, problems);
        }

        if (port.Port != 0)
        {
            CheckPreferred(port, index, problems);
        }
    }

    private static void CheckRange(string name, string text, int index, List<PortProblem> problems)
    {
        if (!PortRange.TrySplit(text, out var firstText, out var lastText))
        {
            problems.Add(new(PortRule.RangeSyntax, index, PortPart.Range, [text, name]) { Cures = Guess(text) });
            return;
        }

        var (first, last) = (PortRange.ToNumber(firstText), PortRange.ToNumber(lastText));
        foreach (var bound in new[] { firstText, lastText }.Distinct(StringComparer.Ordinal).Where(static b => !PortNumber.IsSelectable(PortRange.ToNumber(b))))
        {
            problems.Add(new(PortRule.PortOutOfBounds, index, PortPart.Range, [$"Bound {bound} of range '{text}'", name])
            {
                Cures = [new(PortPart.Range, Range(Nearest(first), Nearest(last)))],
            });
        }

        if (last < first)
        {
            problems.Add(new(PortRule.RangeReversed, index, PortPart.Range, [text, name, lastText + "-" + firstText])
            {
                Cures = [new(PortPart.Range, lastText + "-" + firstText)],
            });
        }
    }

    private static void CheckPreferred(PortSpec port, int index, List<PortProblem> problems)
    {
        if (!PortNumber.IsSelectable(port.Port))
        {
            problems.Add(new(PortRule.PortOutOfBounds, index, PortPart.Port, ["Port " + Text(port.Port), port.Name])
            {
                Cures = [new(PortPart.Port, Text(Nearest(port.Port)))],
            });
        }
        else if (PortRange.TryParse(port.Range, out var range) && !range.Contains(port.Port))
        {
            problems.Add(new(PortRule.PortOutsideRange, index, PortPart.Port, [port.Port, port.Name, range])
            {
                Cures =
                [
                    new(PortPart.Port, Text(port.Port < range.First ? range.First : range.Last)),
                    new(PortPart.Range, Range(Math.Min(port.Port, range.First), Math.Max(port.Port, range.Last))),
                ],
            });
        }
    }

    // What was meant, if one or two ports are recognizable: "8080 - 8089", "8080..8089", "8089:8080".
    private static IReadOnlyList<PortCure> Guess(string text)
    {
        var runs = new string([.. text.Select(static c => c is >= '0' and <= '9' ? c : ' ')]).Split([' '], StringSplitOptions.RemoveEmptyEntries);
        var ports = runs.Select(PortRange.ToNumber).ToList();
        return ports.Count is 1 or 2 && ports.All(PortNumber.IsSelectable) ? [new(PortPart.Range, Range(ports[0], ports[ports.Count - 1]))] : [];
    }

    private static int Nearest(int port) => Math.Min(Math.Max(port, PortNumber.Min), PortNumber.Max);

    private static string Range(int a, int b) => new PortRange(Math.Min(a, b), Math.Max(a, b)).ToString();

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
