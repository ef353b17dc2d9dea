using CsCheck;
using PortGen.Tests.Support;

namespace PortGen.Tests.Shared;

public sealed class StartupOrderTests
{
    private static readonly Gen<SortedDictionary<string, IReadOnlyList<string>>> s_graphs =
        Gen.Select(Gen.Int[1, 12], Gen.Select(Gen.Int[0, 12], Gen.Int[0, 12]).Array[0, 24]).Select((count, edges) =>
        {
            var graph = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
            for (var i = 0; i < count; i++)
            {
                // A node beyond the count is an unknown service: it counts as no dependency.
                graph.Add($"s{i:00}", [.. edges.Where(e => e.Item1 == i).Select(static e => $"s{e.Item2:00}")]);
            }

            return graph;
        });

    [Fact]
    public void Every_service_starts_in_the_first_wave_after_all_it_needs() => s_graphs.Sample(static graph =>
    {
        var order = StartupOrder.Of(graph);
        if (order.Cycles.Count > 0)
        {
            return;
        }

        var wave = order.Waves.SelectMany(static (names, index) => names.Select(n => (n, index))).ToDictionary(static p => p.n, static p => p.index);
        Assert.Equal(graph.Keys, wave.Keys.Order(StringComparer.Ordinal));
        foreach (var (service, needs) in graph)
        {
            var after = needs.Where(graph.ContainsKey).Select(n => wave[n]).DefaultIfEmpty(-1).Max();
            Assert.Equal(after + 1, wave[service]);
        }
    }, iter: LongTests.Cases(2000));

    [Fact]
    public void A_cycle_is_reported_exactly_when_there_is_one_and_is_one() => s_graphs.Sample(static graph =>
    {
        var cycles = StartupOrder.Of(graph).Cycles;
        Assert.Equal(HasCycle(graph), cycles.Count > 0);
        foreach (var cycle in cycles)
        {
            for (var i = 0; i < cycle.Count; i++)
            {
                Assert.Contains(cycle[(i + 1) % cycle.Count], graph[cycle[i]]);
            }

            Assert.Equal(cycle.Order(StringComparer.Ordinal).First(), cycle[0]);
        }
    }, iter: LongTests.Cases(2000));

    [Fact]
    public void A_chain_of_ten_thousand_services_is_no_trouble()
    {
        var graph = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["s00000"] = [] };
        for (var i = 1; i < 10_000; i++)
        {
            graph.Add($"s{i:00000}", [$"s{i - 1:00000}"]);
        }

        Assert.Equal(10_000, StartupOrder.Of(graph).Waves.Count);
        graph["s00000"] = ["s09999"];
        Assert.Equal(10_000, Assert.Single(StartupOrder.Of(graph).Cycles).Count);
    }

    // By the transitive closure: slow, and independent of the code under test.
    private static bool HasCycle(SortedDictionary<string, IReadOnlyList<string>> graph)
    {
        var reach = graph.ToDictionary(static p => p.Key, p => p.Value.Where(graph.ContainsKey).ToHashSet());
        for (var i = 0; i < graph.Count; i++)
        {
            foreach (var service in graph.Keys)
            {
                reach[service].UnionWith(reach[service].SelectMany(n => reach[n]).ToList());
            }
        }

        return graph.Keys.Any(s => reach[s].Contains(s));
    }
}
