using System.Collections.Concurrent;
using CsCheck;
using PortGen.Tests.Support;

namespace PortGen.Tests.Registry;

/// <summary>The registry against a table of states that is changed in the same way, one after the other and side by side.</summary>
public sealed class PortRegistryModelTests
{
    // What each transition makes of each state, in the order of PortState; the same letter where it changes nothing.
    private static readonly Dictionary<string, string> s_table = new()
    {
        ["bound"] = "BBSDFR",
        ["serving"] = "PSSDFR",
        ["stopped"] = "PBBDFR",
        ["draining"] = "PBDDFR",
        ["failed"] = "FFFFFF",
        ["released"] = "RRRRFR",
        ["pending"] = "PPPPPP",
    };

    private static readonly Gen<(string Name, string Transition)> s_change = Gen.Select(Gen.OneOf("web", "metrics", "api"), Gen.OneOf([.. s_table.Keys, "tried"]));

    private static readonly GenOperation<Actual, Model> s_transition = s_change.Operation<Actual, Model>(
        static (actual, change) => actual.Do(change), static (model, change) => model.Do(change));

    private static readonly GenOperation<Actual, Model> s_open = Gen.Int[1, 9].Operation<Actual, Model>(
        static (actual, first) => actual.Registry.Open(Ports(first)), static (model, first) => model.Open(first));

    private static readonly GenOperation<Actual, Model> s_readAll = Gen.Int.Operation<Actual, Model>(
        static (actual, key) => actual.Read[key] = string.Join('\n', actual.Registry.Ports.Select(Text)),
        static (model, key) => model.Read[key] = string.Join('\n', model.Ports.Values));

    private static readonly GenOperation<Actual, Model> s_readOne = Gen.Select(Gen.Int, s_change).Operation<Actual, Model>(
        static (actual, read) => actual.Read[read.Item1] = Text(actual.Registry.GetPort(read.Item2.Name)),
        static (model, read) => model.Read[read.Item1] = model.Ports[read.Item2.Name].ToString());

    private static readonly Gen<(Actual, Model)> s_initial = Gen.Int[1, 9].Select(static first => (new Actual(first), new Model(first)));

    [Fact]
    public void It_does_what_the_table_says() =>
        s_initial.SampleModelBased(s_transition, s_open, s_readAll, s_readOne, equal: AreEqual, iter: LongTests.Count(500, 2000, 2000), threads: 1);

    // What is read, what is told and what is left in the end, all as if one change had come after the other.
    [Fact]
    public void Side_by_side_it_does_what_it_does_in_some_order() =>
        s_initial.SampleParallel(s_transition, s_open, s_readAll, s_readOne, equal: AreEqual, maxSequentialOperations: 3, maxParallelOperations: 5, iter: LongTests.Count(100, 300, 300), threads: 1);

    private static bool AreEqual(Actual actual, Model model) =>
        actual.Registry.Ports.Select(Text).SequenceEqual(model.Ports.Values.Select(static p => p.ToString()))
        && actual.Told.SequenceEqual(model.Told)
        && actual.Read.OrderBy(static r => r.Key).SequenceEqual(model.Read.OrderBy(static r => r.Key));

    private static string Text(PortStatus status) =>
        new Row(status.Name, status.PreferredPort, status.State.ToString()[0], status.BindAttempts, status.Port is not null && status.AllocatedAt is not null).ToString();

    private static IEnumerable<PortStatus> Ports(int first) => ((string[])["web", "metrics", "api"]).Select((name, i) => new PortStatus
    {
        Name = name,
        Service = name == "metrics" ? "web" : name,
        PreferredPort = first + i,
        Host = "*",
    });

    private sealed record Row(string Name, int PreferredPort, char State, int BindAttempts, bool IsHeld);

    private sealed class Actual
    {
        public Actual(int first)
        {
            Registry.Open(PortRegistryModelTests.Ports(first));
            Registry.Changed += (_, status) => Told.Enqueue(Text(status));
        }

        public PortRegistry Registry { get; } = new();

        public ConcurrentQueue<string> Told { get; } = [];

        public ConcurrentDictionary<int, string> Read { get; } = [];

        public void Do((string Name, string Transition) change)
        {
            if (change.Transition == "tried")
            {
                Registry.Tried(change.Name, 1);
            }
            else
            {
                PortRegistryTests.Do(Registry, change.Transition, change.Name);
            }
        }
    }

    private sealed class Model
    {
        private const string States = "PBSDFR";

        public Model(int first) => Open(first);

        public Dictionary<string, Row> Ports { get; private set; } = [];

        public List<string> Told { get; } = [];

        public Dictionary<int, string> Read { get; } = [];

        public void Open(int first) => Ports = PortRegistryModelTests.Ports(first).ToDictionary(static p => p.Name, static p => new Row(p.Name, p.PreferredPort, 'P', 0, false));

        public void Do((string Name, string Transition) change)
        {
            var before = Ports[change.Name];
            var after = change.Transition == "tried" ? before with { BindAttempts = before.BindAttempts + 1 } : Next(before, change.Transition);
            if (after != before)
            {
                Ports[change.Name] = after;
                Told.Add(after.ToString());
            }
        }

        private static Row Next(Row before, string transition)
        {
            var state = s_table[transition][States.IndexOf(before.State, StringComparison.Ordinal)];
            return before with { State = state, IsHeld = transition is not ("released" or "pending") && (state == 'B' || before.IsHeld) };
        }
    }
}
