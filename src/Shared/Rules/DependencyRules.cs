namespace PortGen;

/// <summary>PG0008: a service must not need itself, even indirectly.</summary>
internal static class DependencyRules
{
    /// <summary>Each cycle is reported once, at the first service of its path.</summary>
    public static void Check(IReadOnlyList<PortSpec> ports, List<PortProblem> problems)
    {
        // At run time there are none left: the compiler has ordered the services.
        if (ports.All(static p => p.DependsOn.Count == 0))
        {
            return;
        }

        var services = Enumerable.Range(0, ports.Count).Where(i => ports[i].IsServicePort)
            .GroupBy(i => ports[i].Name, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.First(), StringComparer.Ordinal);
        foreach (var cycle in StartupOrder.Of(ports).Cycles)
        {
            var index = services[cycle[0]];
            var next = cycle[1 % cycle.Count];
            problems.Add(new(PortRule.DependencyCycle, index, PortPart.DependsOn, [string.Join(" -> ", [.. cycle, cycle[0]])])
            {
                Element = ports[index].DependsOn.ToList().IndexOf(next),
                Others = [.. cycle.Skip(1).Select(name => services[name])],
            });
        }
    }
}
