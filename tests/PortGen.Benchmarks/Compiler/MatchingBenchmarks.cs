using BenchmarkDotNet.Attributes;

namespace PortGen.Benchmarks.Compiler;

/// <summary>PG0007 over a thousand services on crowded, overlapping ranges.</summary>
public class MatchingBenchmarks
{
    private PortSpec[] _satisfiable = [];
    private PortSpec[] _unsatisfiable = [];

    [GlobalSetup]
    public void Create()
    {
        // Each number is wanted by up to twenty services; as many numbers as services.
        var random = new Random(1);
        _satisfiable = [.. Enumerable.Range(0, 1000).Select(i => Spec(i, 10_000 + i - random.Next(0, 10), 10_000 + i + random.Next(0, 10)))];
        _unsatisfiable = [.. _satisfiable, Spec(1000, 10_400, 10_401), Spec(1001, 10_400, 10_401), Spec(1002, 10_400, 10_401)];
    }

    [Benchmark]
    public object Satisfiable() => PortMatching.IsSatisfiable([.. _satisfiable.Select(ToRange)]);

    [Benchmark]
    public object? SmallestConflict() => PortMatching.SmallestConflict([.. _unsatisfiable.Select(ToRange)]);

    [Benchmark]
    public object AllRules() => PortRules.Check(_satisfiable, "Ports");

    private static PortSpec Spec(int i, int first, int last) => new() { Name = $"s{i}", Service = $"s{i}", DeclaredBy = "", Range = $"{first}-{last}" };

    private static PortRange ToRange(PortSpec spec) => PortRange.TryParse(spec.Range, out var range) ? range : default;
}
