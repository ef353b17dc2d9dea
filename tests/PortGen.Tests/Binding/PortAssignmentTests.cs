using CsCheck;
using PortGen.Binding;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>The assignment against a plain matching and against every assignment there is, on numbers that are made up.</summary>
public sealed class PortAssignmentTests
{
    private static readonly Gen<(int Preferred, int First, int Count, bool Required)> s_port =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 5], Gen.Int[1, 5], Gen.Bool);

    [Fact]
    public void It_is_as_good_as_the_best_of_all_assignments() =>
        Gen.Select(s_port.Array[1, 6], Gen.Bool.Array[10]).Sample(static (drawn, occupied) =>
        {
            var ports = Ports(drawn);
            var numbers = Solve(ports, (_, n) => !occupied[n - 2000]);
            Verify(ports, numbers, (_, n) => !occupied[n - 2000]);
            Assert.Equal(BestAssignment.Of(ports, (_, n) => !occupied[n - 2000]), BestAssignment.Score(ports, numbers));
        }, iter: LongTests.Count(5_000, 20_000, 20_000), threads: 1);

    [Fact]
    public void It_is_as_good_as_the_best_where_numbers_are_free_on_some_hosts_only() =>
        Gen.Select(s_port.Array[1, 5], Gen.Bool.Array[10].Array[5]).Sample(static (drawn, occupied) =>
        {
            var ports = Ports(drawn);
            bool IsAvailable(int port, int number) => !occupied[port][number - 2000];
            var numbers = Solve(ports, IsAvailable);
            Verify(ports, numbers, IsAvailable);
            Assert.Equal(BestAssignment.Of(ports, IsAvailable), BestAssignment.Score(ports, numbers));
        }, iter: LongTests.Count(3_000, 10_000, 10_000), threads: 1);

    [Fact]
    public void Every_required_port_gets_a_number_exactly_when_a_matching_exists() =>
        Gen.Select(Gen.Select(Gen.Int[0, 60], Gen.Int[0, 50], Gen.Int[1, 10], Gen.Const(true)).Array[1, 40], Gen.Bool.Array[62]).Sample(static (drawn, occupied) =>
        {
            var ports = Ports(drawn);
            bool IsAvailable(int port, int number) => !occupied[number - 2000];
            var numbers = Solve(ports, IsAvailable);
            Verify(ports, numbers, IsAvailable);
            Assert.Equal(ReferenceMatching.Size(ports, IsAvailable), numbers.Count(static n => n != 0));
        }, iter: LongTests.Count(1_000, 5_000, 5_000), threads: 1);

    [Fact]
    public void Who_finds_the_range_full_pushes_the_fewest_on()
    {
        // The first has one number only, which the second prefers; the second has one other, which the third prefers.
        var ports = Ports([(9, 0, 1, true), (0, 0, 2, true), (1, 0, 3, true), (3, 3, 1, true)]);
        Assert.Equal([2000, 2001, 2002, 2003], Solve(ports, static (_, _) => true));
    }

    [Fact]
    public void A_fallback_takes_what_another_port_prefers_only_where_there_is_nothing_else()
    {
        // The owner of 2001 can't have it on its host.
        var ports = Ports([(0, 0, 3, true), (1, 1, 1, false)]);
        Assert.Equal([2002, 0], Solve(ports, static (port, n) => port == 0 && n != 2000));
        Assert.Equal([2001, 0], Solve(ports, static (port, n) => port == 0 && n == 2001));
    }

    private static int[] Solve(IReadOnlyList<PlannedPort> ports, Func<int, int, bool> isAvailable) =>
        new PortAssignment(ports, ports.Select(static p => p.Port).ToHashSet(), isAvailable).Solve();

    private static List<PlannedPort> Ports(IReadOnlyList<(int Preferred, int First, int Count, bool Required)> drawn)
    {
        // No two ports prefer one number: that is PG0006.
        var preferred = new HashSet<int>();
        return [.. drawn.Select((d, i) =>
        {
            var range = new PortRange(2000 + d.First, 2000 + Math.Min(d.First + d.Count - 1, 60));
            var wanted = range.Contains(2000 + d.Preferred) && preferred.Add(2000 + d.Preferred) ? 2000 + d.Preferred : 0;
            return Plans.Of(Manifests.Of(new PortDefinition($"p{i}") { Port = wanted, Range = range, Required = d.Required })).Ports[0];
        })];
    }

    private static void Verify(List<PlannedPort> ports, int[] numbers, Func<int, int, bool> isAvailable)
    {
        var given = numbers.Where(static n => n != 0).ToList();
        Assert.Equal(given.Count, given.Distinct().Count());
        for (var i = 0; i < ports.Count; i++)
        {
            Assert.True(numbers[i] == 0 || (ports[i].Range!.Value.Contains(numbers[i]) && isAvailable(i, numbers[i])));
        }
    }
}
