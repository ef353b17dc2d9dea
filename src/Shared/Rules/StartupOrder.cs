namespace PortGen;

/// <summary>The order in which services start: waves, each of which needs only the waves before it; or the cycles that prevent an order.</summary>
internal sealed record StartupOrder(IReadOnlyList<IReadOnlyList<string>> Waves, IReadOnlyList<IReadOnlyList<string>> Cycles)
{
    /// <summary>Orders the services among <paramref name="ports"/>. A dependency on an unknown service is ignored.</summary>
    public static StartupOrder Of(IReadOnlyList<PortSpec> ports)
    {
        var dependsOn = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var port in ports)
        {
            if (port.IsServicePort && !dependsOn.ContainsKey(port.Name))
            {
                dependsOn.Add(port.Name, port.DependsOn);
            }
        }

        return Of(dependsOn);
    }

    /// <summary>Orders services by name. Both the waves and the names in a wave are in a fixed order, regardless of input order.</summary>
    public static StartupOrder Of(SortedDictionary<string, IReadOnlyList<string>> dependsOn)
    {
        var waiting = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var dependents = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var service in dependsOn)
        {
            var needs = service.Value.Where(dependsOn.ContainsKey).Distinct(StringComparer.Ordinal).ToList();
            waiting.Add(service.Key, needs.Count);
            foreach (var need in needs)
            {
                if (!dependents.TryGetValue(need, out var list))
                {
                    dependents.Add(need, list = []);
                }

                list.Add(service.Key);
            }
        }

        var waves = new List<IReadOnlyList<string>>();
        var cycles = new List<IReadOnlyList<string>>();
        var ready = waiting.Where(s => s.Value == 0).Select(s => s.Key).ToList();
        while (waiting.Count > 0)
        {
            if (ready.Count == 0)
            {
                // Everything left is in a cycle or behind one. Report one, remove it and continue: its members no longer block others.
                ready = FindCycle(waiting, dependsOn);
                cycles.Add(ready);
            }
            else
            {
                waves.Add(ready);
            }

            ready = Release(ready, waiting, dependents);
        }

        return new StartupOrder(waves, cycles);
    }

    // Removes the services and returns those that are no longer blocked, in order.
    private static List<string> Release(List<string> done, SortedDictionary<string, int> waiting, Dictionary<string, List<string>> dependents)
    {
        foreach (var service in done)
        {
            waiting.Remove(service);
        }

        var next = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var service in done)
        {
            if (!dependents.TryGetValue(service, out var list))
            {
                continue;
            }

            foreach (var dependent in list)
            {
                if (waiting.TryGetValue(dependent, out var count))
                {
                    waiting[dependent] = count - 1;
                    if (count == 1)
                    {
                        next.Add(dependent);
                    }
                }
            }
        }

        return [.. next];
    }

    // Every waiting service waits for another waiting one, so following the first one each time must find a cycle.
    private static List<string> FindCycle(SortedDictionary<string, int> waiting, SortedDictionary<string, IReadOnlyList<string>> dependsOn)
    {
        var path = new List<string>();
        var position = new Dictionary<string, int>(StringComparer.Ordinal);
        var service = waiting.First().Key;
        while (!position.ContainsKey(service))
        {
            position.Add(service, path.Count);
            path.Add(service);
            service = dependsOn[service].First(waiting.ContainsKey);
        }

        // Start the path at its smallest name, so that the same cycle always reads the same.
        var cycle = path.Skip(position[service]).ToList();
        var smallest = cycle.IndexOf(cycle.OrderBy(static s => s, StringComparer.Ordinal).First());
        return [.. cycle.Skip(smallest), .. cycle.Take(smallest)];
    }
}
