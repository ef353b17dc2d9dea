using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>The rules about numbers for the Development environment, where a port may prefer another number: what they find there and nowhere else.</summary>
internal static class DevelopmentRules
{
    public static IEnumerable<PortProblem> Check(IReadOnlyList<ServiceModel> services, IReadOnlyList<PortProblem> known)
    {
        if (services.All(static s => s.Port.DevelopmentPort == 0))
        {
            yield break;
        }

        List<DeclaredPort> ports = [.. services.SelectMany(static s => s.Ports)];
        var found = PortRules.CheckNumbers([.. ports.Select(ToSpec)]);
        foreach (var problem in found)
        {
            // A suggestion would be about a number that the author has chosen twice.
            var atFault = ports[problem.Spec].DevelopmentPort != 0 ? problem.Spec : problem.Others.FirstOrDefault(i => ports[i].DevelopmentPort != 0, -1);
            if (atFault >= 0 && problem.Rule.Severity != PortRuleSeverity.Info && !known.Any(k => k.Spec == problem.Spec && k.Message == problem.Message))
            {
                yield return problem with { Spec = atFault, Part = PortPart.DevelopmentPort, Cures = Cures(problem, atFault) };
            }
        }
    }

    private static PortSpec ToSpec(DeclaredPort port)
    {
        var draft = new PortDraft<object>
        {
            Name = port.Name,
            Service = port.Service,
            Port = new(port.Port),
            Range = new(port.Range),
            DevelopmentPort = new(port.DevelopmentPort),
            HealthPath = port.HealthPath,
        };
        draft.Decide(isDevelopment: true);
        return draft.ToSpec();
    }

    private static IReadOnlyList<PortCure> Cures(PortProblem problem, int atFault) => problem.Spec == atFault && problem.Part == PortPart.Port
        ? [.. problem.Cures.Where(static c => c.Part == PortPart.Port).Select(static c => c with { Part = PortPart.DevelopmentPort })]
        : [];

    private static int FirstOrDefault(this IEnumerable<int> items, Func<int, bool> predicate, int fallback)
    {
        foreach (var item in items)
        {
            if (predicate(item))
            {
                return item;
            }
        }

        return fallback;
    }
}
