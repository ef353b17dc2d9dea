extern alias Runtime;

using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Runtime::PortGen;
using Runtime::PortGen.Binding;
using Runtime::PortGen.Configuration;

namespace PortGen.Benchmarks.Runtime;

/// <summary>So many free ports, each on both loopback addresses, beside the system calls alone.</summary>
public class BindBenchmarks
{
    private readonly List<(int, int)> _descriptors = [];
    private PortPlan _plan = null!;
    private PortRegistry _registry = null!;
    private IReadOnlyDictionary<string, PortLease> _leases = new Dictionary<string, PortLease>();

    [Params(1, 10, 100, 1000)]
    public int Ports { get; set; }

    [GlobalSetup]
    public void Plan() => _plan = Plans.Of(Enumerable.Range(0, Ports).Select(static i => new PortDefinition($"p{i}") { Port = Plans.First + i }));

    [IterationSetup]
    public void Reset() => _registry = Plans.RegistryOf(_plan);

    [Benchmark(Baseline = true)]
    public void SystemCalls()
    {
        for (var i = 0; i < Ports; i++)
        {
            _descriptors.Add(BareSockets.Listen(Plans.First + i));
        }
    }

    [Benchmark]
    public void PortGen() =>
        _leases = PortBinder.BindAsync(_plan, _registry, NullLogger.Instance, CancellationToken.None).GetAwaiter().GetResult();

    [IterationCleanup]
    public void Close()
    {
        Plans.Release(_leases);
        _descriptors.ForEach(BareSockets.Close);
        _descriptors.Clear();
    }
}
