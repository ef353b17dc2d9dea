extern alias Runtime;

using BenchmarkDotNet.Attributes;
using Runtime::PortGen;
using Runtime::PortGen.Binding;
using Runtime::PortGen.Configuration;
using Range = Runtime::PortGen.PortRange;

namespace PortGen.Benchmarks.Runtime;

/// <summary>Who gets which number, on crowded ranges that overlap: every twentieth number is taken, nearly all others are preferred by somebody.</summary>
public class AssignmentBenchmarks
{
    private IReadOnlyList<PlannedPort> _ports = [];
    private HashSet<int> _preferred = [];

    [Params(10, 100, 1000)]
    public int Services { get; set; }

    /// <summary>Whether one number in twenty is left everywhere, or all that is left lies beyond the last service: then everyone in between has to move.</summary>
    [Params(false, true)]
    public bool RoomOnlyAtTheEnd { get; set; }

    [GlobalSetup]
    public void Plan()
    {
        var numbers = RoomOnlyAtTheEnd ? Enumerable.Range(0, Services) : Enumerable.Range(0, 2 * Services).Where(static n => n % 20 != 13).Take(Services);
        _ports = Plans.Of(numbers.Select(n => new PortDefinition($"p{n}")
        {
            Port = Plans.First + n,
            Range = new Range(Plans.First + Math.Max(0, n - 10), Plans.First + n + (RoomOnlyAtTheEnd ? (n / 19) + 5 : 20)),
        })).Ports;
        _preferred = [.. _ports.Select(static p => p.Port)];
    }

    [Benchmark]
    public int[] PortGen() => new PortAssignment(_ports, _preferred, static (_, number) => number % 20 != 7).Solve();
}
