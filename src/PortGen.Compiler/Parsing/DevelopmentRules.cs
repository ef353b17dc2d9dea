using System.Globalization;

namespace PortGen.Compiler.Parsing;

/// <summary>Applies the number rules to Development, where a port may prefer another number, and keeps only the problems new there.</summary>
internal static class DevelopmentRules
{
    /// <summary>The problems that only occur in Development.</summary>
    /// <param name="ports">Every port of the application.</param>
    /// <param name="known">What is wrong everywhere.</param>
    public static IReadOnlyList<PortProblem> Check(IReadOnlyList<DeclaredPort> ports, IReadOnlyList<PortProblem> known)
    {
        PortSpec[] specs = [.. ports.Select(ToSpec)];
        List<PortProblem> found = [.. PortRules.CheckNumbers(specs)];
        CureRules.Settle(specs, found, ports.Select(static p => p.Port).Concat(known.SelectMany(static k => k.Cures).Where(static c => c.Part == PortPart.Port).Select(ToNumber)));
        var problems = new List<PortProblem>();
        foreach (var problem in found)
        {
            // A problem that occurs everywhere is reported once, unless the Development port is wrong by itself: fixing the other would not fix it.
            var isOfItself = problem.Part == PortPart.Port && ports[problem.Spec].DevelopmentPort != 0;
            var isKnown = !isOfItself && known.Any(k => k.Spec == problem.Spec && k.Message == problem.Message && k.Others.SequenceEqual(problem.Others));
            var atFault = problem.Others.Prepend(problem.Spec).Where(i => ports[i].DevelopmentPort != 0).Select(static i => (int?)i).FirstOrDefault();

            // A suggestion would be about a number that the author has chosen twice.
            if (atFault is { } spec && problem.Rule.Severity != PortRuleSeverity.Info && !isKnown)
            {
                problems.Add(problem with { Spec = spec, Part = PortPart.DevelopmentPort, Cures = Cures(problem, spec) });
            }
        }

        return problems;
    }

    /// <summary>Drops the cures that would break a rule in Development, alone or with the others of one fix-all.</summary>
    public static IReadOnlyList<PortProblem> Settle(IReadOnlyList<DeclaredPort> ports, IReadOnlyList<PortProblem> problems)
    {
        var before = Broken(ports);
        var together = new Dictionary<(string RuleId, PortPart Part), IReadOnlyList<DeclaredPort>>();
        return [.. problems.Select(p => p.Rule.Severity == PortRuleSeverity.Error ? p with { Cures = [.. p.Cures.Where(c => IsSafe(p, c))] } : p)];

        bool IsSafe(PortProblem problem, PortCure cure)
        {
            if (cure.Part is not (PortPart.Port or PortPart.Range or PortPart.DevelopmentPort))
            {
                return true;
            }

            var key = (problem.Rule.Id, cure.Part);
            var all = Cure(together.TryGetValue(key, out var earlier) ? earlier : ports, problem.Spec, cure);
            if (!Broken(Cure(ports, problem.Spec, cure)).IsSubsetOf(before) || !Broken(all).IsSubsetOf(before))
            {
                return false;
            }

            together[key] = all;
            return true;
        }
    }

    private static HashSet<(string RuleId, int Spec)> Broken(IReadOnlyList<DeclaredPort> ports) =>
        [.. PortRules.CheckNumbers([.. ports.Select(ToSpec)]).Where(static p => p.Rule.Severity != PortRuleSeverity.Info).Select(static p => (p.Rule.Id, p.Spec))];

    private static IReadOnlyList<DeclaredPort> Cure(IReadOnlyList<DeclaredPort> ports, int index, PortCure cure)
    {
        DeclaredPort[] cured = [.. ports];
        cured[index] = cure.Part switch
        {
            PortPart.Port => cured[index] with { Port = ToNumber(cure) },
            PortPart.DevelopmentPort => cured[index] with { DevelopmentPort = ToNumber(cure) },
            _ => cured[index] with { Range = cure.Text },
        };
        return cured;
    }

    private static int ToNumber(PortCure cure) => int.Parse(cure.Text, CultureInfo.InvariantCulture);

    private static PortSpec ToSpec(DeclaredPort port)
    {
        var draft = port.ToDraft<object>();
        draft.Decide(isDevelopment: true);
        return draft.ToSpec();
    }

    private static IReadOnlyList<PortCure> Cures(PortProblem problem, int atFault) => problem.Spec == atFault && problem.Part == PortPart.Port
        ? [.. problem.Cures.Where(static c => c.Part == PortPart.Port).Select(static c => c with { Part = PortPart.DevelopmentPort })]
        : [];
}
