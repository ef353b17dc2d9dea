using System.Collections.Concurrent;
using CsCheck;
using PortGen.Tests.Support;

namespace PortGen.Tests.Registry;

/// <summary>The registry against a dictionary that is changed in the same way, one after the other and side by side.</summary>
public sealed class PortRegistryModelTests
{
    // Each change can be told from every other and from the order that they come in; some change nothing.
    private static readonly Gen<(string Name, int Digit, PortState State)> s_change = Gen.Select(Gen.OneOf("web", "metrics", "api"), Gen.Int[0, 2], Gen.Enum<PortState>());

    private static readonly GenOperation<Actual, Model> s_update = s_change.Operation<Actual, Model>(
        static (actual, change) => actual.Registry.Update(change.Name, s => Apply(s, change)),
        static (model, change) => model.Update(change.Name, s => Apply(s, change)));

    private static readonly GenOperation<Actual, Model> s_updateService = s_change.Operation<Actual, Model>(
        static (actual, change) => actual.Registry.UpdateService(change.Name, s => Apply(s, change)),
        static (model, change) => model.UpdateService(change.Name, s => Apply(s, change)));

    private static readonly GenOperation<Actual, Model> s_reset = Gen.Int[1, 9].Operation<Actual, Model>(
        static (actual, first) => actual.Registry.Reset(Ports(first)), static (model, first) => model.Reset(Ports(first)));

    private static readonly GenOperation<Actual, Model> s_readAll = Gen.Int.Operation<Actual, Model>(
        static (actual, key) => actual.Read[key] = Text(actual.Registry.Ports), static (model, key) => model.Read[key] = Text(model.Ports.Values));

    private static readonly GenOperation<Actual, Model> s_readOne = Gen.Select(Gen.Int, s_change).Operation<Actual, Model>(
        static (actual, read) => actual.Read[read.Item1] = actual.Registry.GetPort(read.Item2.Name).ToString(),
        static (model, read) => model.Read[read.Item1] = model.Ports[read.Item2.Name].ToString());

    private static readonly Gen<(Actual, Model)> s_initial = Gen.Int[1, 9].Select(static first => (new Actual(first), new Model(first)));

    [Fact]
    public void It_does_what_a_dictionary_does() =>
        s_initial.SampleModelBased(s_update, s_updateService, s_reset, s_readAll, s_readOne, equal: AreEqual, iter: LongTests.Count(500, 2000, 2000), threads: 1);

    // What is read, what is told and what is left in the end, all as if one change had come after the other.
    [Fact]
    public void Side_by_side_it_does_what_it_does_in_some_order() =>
        s_initial.SampleParallel(s_update, s_reset, s_readAll, s_readOne, equal: AreEqual, maxSequentialOperations: 3, maxParallelOperations: 5, iter: LongTests.Count(100, 300, 300), threads: 1);

    private static bool AreEqual(Actual actual, Model model) =>
        actual.Registry.Ports.SequenceEqual(model.Ports.Values)
        && actual.Told.SequenceEqual(model.Told)
        && actual.Read.OrderBy(static r => r.Key).SequenceEqual(model.Read.OrderBy(static r => r.Key));

    private static PortStatus Apply(PortStatus status, (string Name, int Digit, PortState State) change) =>
        status with { BindAttempts = (3 * status.BindAttempts) + change.Digit, State = change.Digit == 0 ? status.State : change.State };

    private static string Text(IEnumerable<PortStatus> ports) => string.Join('\n', ports);

    private static IEnumerable<PortStatus> Ports(int first) => ((string[])["web", "metrics", "api"]).Select((name, i) => new PortStatus
    {
        Name = name,
        Service = name == "metrics" ? "web" : name,
        RequestedPort = first + i,
        Host = "*",
    });

    private sealed class Actual
    {
        public Actual(int first)
        {
            Registry.Reset(PortRegistryModelTests.Ports(first));
            Registry.Changed += (_, status) => Told.Enqueue(status);
        }

        public PortRegistry Registry { get; } = new();

        public ConcurrentQueue<PortStatus> Told { get; } = [];

        public ConcurrentDictionary<int, string> Read { get; } = [];
    }

    private sealed class Model
    {
        public Model(int first) => Reset(PortRegistryModelTests.Ports(first));

        public Dictionary<string, PortStatus> Ports { get; private set; } = [];

        public List<PortStatus> Told { get; } = [];

        public Dictionary<int, string> Read { get; } = [];

        public void Reset(IEnumerable<PortStatus> ports) => Ports = ports.ToDictionary(static p => p.Name);

        public void Update(string name, Func<PortStatus, PortStatus> change)
        {
            var after = change(Ports[name]);
            if (after != Ports[name])
            {
                Ports[name] = after;
                Told.Add(after);
            }
        }

        public void UpdateService(string service, Func<PortStatus, PortStatus> change)
        {
            foreach (var port in Ports.Values.Where(p => p.Service == service).ToList())
            {
                Update(port.Name, change);
            }
        }
    }
}
