using System.Globalization;

namespace PortGen;

/// <summary>Settles the cures that rules propose for ports and ranges: none breaks another rule, alone or together with the others.</summary>
/// <remarks>
/// A number that a port prefers, or that was proposed for one, is not proposed for another. Whether all ranges can be served (PG0007) is
/// checked twice: with this cure alone, and with all cures of the same rule for the same part, which is what one fix-all applies.
/// </remarks>
internal sealed class CureRules
{
    // Instead of an index: some port already prefers the number.
    private const int Preferred = -1;

    private readonly IReadOnlyList<PortSpec> _ports;
    private readonly Outcome _untouched;
    private readonly HashSet<int> _unserved;
    private readonly Dictionary<int, int> _takenBy = [];
    private readonly Dictionary<int, PortRange> _curedRanges = [];
    private readonly Dictionary<(string RuleId, PortPart Part), Outcome> _together = [];

    private CureRules(IReadOnlyList<PortSpec> ports, List<PortProblem> problems, IEnumerable<int> reserved)
    {
        _ports = ports;
        foreach (var number in reserved)
        {
            _takenBy[number] = Preferred;
        }

        foreach (var port in ports)
        {
            _takenBy[port.Port] = Preferred;
        }

        _untouched = new(ports, [.. problems.Where(static p => IsWrongByItself(p.Rule) && p.Rule != PortRule.DuplicatePort).Select(static p => p.Spec)]);
        _unserved = [.. problems.Where(static p => p.Rule == PortRule.Unsatisfiable).Select(static p => p.Spec)];
    }

    /// <summary>Replaces the problems' cures with settled ones.</summary>
    /// <param name="ports">The ports that were checked.</param>
    /// <param name="problems">What was found.</param>
    /// <param name="reserved">Numbers not to propose: another environment uses them.</param>
    public static void Settle(IReadOnlyList<PortSpec> ports, List<PortProblem> problems, IEnumerable<int> reserved)
    {
        // PG0012's ranges hold what was allowed before, and PG0005's and PG0011's names are settled already.
        if (!problems.Exists(static p => IsWrongByItself(p.Rule)))
        {
            return;
        }

        var rules = new CureRules(ports, problems, reserved);
        for (var i = 0; i < problems.Count; i++)
        {
            if (IsWrongByItself(problems[i].Rule))
            {
                problems[i] = problems[i] with { Cures = [.. problems[i].Cures.Select(c => rules.Settle(problems[i], c)).OfType<PortCure>()] };
            }
        }
    }

    private static bool IsWrongByItself(PortRule rule) =>
        rule == PortRule.RangeSyntax || rule == PortRule.PortOutOfBounds || rule == PortRule.RangeReversed
        || rule == PortRule.PortOutsideRange || rule == PortRule.DuplicatePort;

    private PortCure? Settle(PortProblem problem, PortCure cure) => cure.Part switch
    {
        PortPart.Port => SettlePort(problem, int.Parse(cure.Text, CultureInfo.InvariantCulture)),
        PortPart.Range => SettleRange(problem, cure),
        _ => cure,
    };

    // The free number in the range nearest to the proposed one. Numbers with a warning come last.
    private PortCure? SettlePort(PortProblem problem, int wish)
    {
        var port = _ports[problem.Spec];
        var hasRange = _curedRanges.TryGetValue(problem.Spec, out var range) || PortRange.TryParse(port.Range, out range);
        var free = Nearest(wish, hasRange ? range : new PortRange(PortNumber.Min, PortNumber.Max))
            .Where(n => !_takenBy.TryGetValue(n, out var by) || by == problem.Spec);
        foreach (var number in free.Where(n => !NumberRules.IsDiscouraged(port, n)).Concat(free.Where(n => NumberRules.IsDiscouraged(port, n))))
        {
            if (Accept(problem, PortPart.Port, port with { Port = number }))
            {
                _takenBy[number] = problem.Spec;
                return new(PortPart.Port, number.ToString(CultureInfo.InvariantCulture));
            }

            // A port with its own range can get any number in it, whichever it prefers.
            if (port.Range is not null)
            {
                break;
            }
        }

        return null;
    }

    private PortCure? SettleRange(PortProblem problem, PortCure cure)
    {
        // A range that is still out of bounds has its own cure for that.
        if (!PortRange.TryParse(cure.Text, out var range))
        {
            return cure;
        }

        var port = _ports[problem.Spec];
        if (PortNumber.IsSelectable(port.Port))
        {
            range = new(Math.Min(range.First, port.Port), Math.Max(range.Last, port.Port));
        }

        if (!Accept(problem, PortPart.Range, port with { Range = range.ToString() }))
        {
            return null;
        }

        _curedRanges[problem.Spec] = range;
        return new(PortPart.Range, range.ToString());
    }

    private static IEnumerable<int> Nearest(int wish, PortRange range)
    {
        var start = Math.Min(Math.Max(wish, range.First), range.Last);
        yield return start;
        for (var distance = 1; distance < range.Count; distance++)
        {
            if (start + distance <= range.Last)
            {
                yield return start + distance;
            }

            if (start - distance >= range.First)
            {
                yield return start - distance;
            }
        }
    }

    private bool Accept(PortProblem problem, PortPart part, PortSpec cured)
    {
        if (!_together.TryGetValue((problem.Rule.Id, part), out var earlier))
        {
            earlier = _untouched;
        }

        var all = earlier.With(problem.Spec, cured);
        if (!IsServed(_untouched.With(problem.Spec, cured)) || !IsServed(all))
        {
            return false;
        }

        _together[(problem.Rule.Id, part)] = all;
        return true;
    }

    // PG0007, as the rule sees the outcome. A cure that frees a number also fixes its duplicates.
    private bool IsServed(Outcome outcome)
    {
        var sound = new HashSet<int>(Enumerable.Range(0, outcome.Ports.Count));
        sound.ExceptWith(outcome.Wrong);
        sound.ExceptWith(NumberRules.Duplicates(outcome.Ports, out _));
        return NumberRules.Conflicts(outcome.Ports, sound).All(c => _unserved.Contains(c.Members[c.Members.Count - 1]));
    }

    /// <summary>The ports after some cures, and which of them are then wrong by themselves.</summary>
    private sealed record Outcome(IReadOnlyList<PortSpec> Ports, HashSet<int> Wrong)
    {
        public Outcome With(int index, PortSpec cured)
        {
            PortSpec[] ports = [.. Ports];
            ports[index] = cured;
            return new(ports, [.. Wrong.Where(i => i != index)]);
        }
    }
}
