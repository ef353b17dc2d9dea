extern alias Runtime;

using BenchmarkDotNet.Attributes;
using Runtime::PortGen;
using Runtime::PortGen.Binding;
using Runtime::PortGen.Configuration;
using Range = Runtime::PortGen.PortRange;

namespace PortGen.Benchmarks.Runtime;

/// <summary>Who gets which number, on crowded ranges that overlap: every twentieth number is taken, all others are preferred by somebody, and only beyond the last is room.</summary>
public class AssignmentBenchmarks
{
    private IReadOnlyList<PlannedPort> _ports = [];
    private HashSet<int> _preferred = [];

    [Params(10, 100, 1000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Plan()
    {
        _ports = Plans.Of(Enumerable.Range(0, Services).Select(i => new PortDefinition($"p{i}")
        {
            Port = Plans.First + i,
            Range = new Range(Plans.First + Math.Max(0, i - 10), Plans.First + i + (i / 19) + 5),
        })).Ports;
        _preferred = [.. _ports.Select(static p => p.Preferred)];
    }

    [Benchmark]
    public int[] PortGen() => new PortAssignment(_ports, _preferred, static (_, number) => number % 20 != 7).Solve();
}
