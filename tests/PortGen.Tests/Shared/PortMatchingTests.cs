using CsCheck;
using PortGen.Tests.Support;

namespace PortGen.Tests.Shared;

/// <summary>PG0007 against brute force.</summary>
public sealed class PortMatchingTests
{
    private const int First = 2000;

    private static readonly Gen<PortRange[]> s_ranges =
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 4]).Select(static (first, width) => new PortRange(First + first, First + first + width)).Array[0, 7];

    [Fact]
    public void It_is_satisfiable_exactly_when_trying_every_assignment_finds_one() =>
        s_ranges.Sample(static ranges => Assert.Equal(CanAssign(ranges, 0, []), PortMatching.IsSatisfiable(ranges)), iter: LongTests.Cases(10_000));

    [Fact]
    public void The_conflict_is_a_smallest_set_and_its_numbers_are_all_that_it_shares() => s_ranges.Sample(static ranges =>
    {
        var conflict = PortMatching.SmallestConflict(ranges);
        var unsatisfiable = Enumerable.Range(1, (1 << ranges.Length) - 1)
            .Select(bits => ranges.Where((_, i) => (bits & (1 << i)) != 0).ToArray())
            .Where(static subset => !CanAssign(subset, 0, []))
            .ToList();
        Assert.Equal(unsatisfiable.Count == 0, conflict is null);
        if (conflict is null)
        {
            return;
        }

        var members = conflict.Members.Select(i => ranges[i]).ToArray();
        Assert.Equal(conflict.Members.Count, conflict.Members.Distinct().Count());
        Assert.False(CanAssign(members, 0, []));
        Assert.Equal(unsatisfiable.Min(static s => s.Length), members.Length);
        Assert.Equal((members.Min(static r => r.First), members.Max(static r => r.Last)), (conflict.Shared.First, conflict.Shared.Last));
        Assert.Equal(members.Length - 1, conflict.Shared.Count);
    }, iter: LongTests.Cases(10_000));

    [Fact]
    public void Of_several_conflicts_the_narrowest_is_told_and_of_those_as_narrow_the_lowest()
    {
        PortRange Single(int port) => new(port, port);
        var wide = new PortRange(8000, 8001);
        Assert.Equal(Single(8080), PortMatching.SmallestConflict([Single(9090), Single(9090), Single(8080), Single(8080)])!.Shared);
        Assert.Equal(Single(7000), PortMatching.SmallestConflict([Single(7000), Single(7000), wide, wide, wide])!.Shared);
        Assert.Equal(Single(9090), PortMatching.SmallestConflict([wide, wide, wide, Single(9090), Single(9090)])!.Shared);
    }

    [Fact]
    public void What_the_rule_leaves_can_be_served() => s_ranges.Sample(static ranges =>
    {
        PortSpec[] ports = [.. ranges.Select(static (r, i) => new PortSpec { Name = $"p{i}", Service = $"p{i}", DeclaredBy = "", Range = r.ToString() })];
        var atFault = PortRules.Check(ports, "Ports").Where(static p => p.Rule == PortRule.Unsatisfiable).Select(static p => p.Spec).ToHashSet();
        Assert.True(CanAssign([.. ranges.Where((_, i) => !atFault.Contains(i))], 0, []));
        Assert.Equal(CanAssign(ranges, 0, []), atFault.Count == 0);
    }, iter: LongTests.Cases(10_000));

    private static bool CanAssign(PortRange[] ranges, int index, HashSet<int> taken)
    {
        if (index == ranges.Length)
        {
            return true;
        }

        for (var port = ranges[index].First; port <= ranges[index].Last; port++)
        {
            if (taken.Add(port))
            {
                if (CanAssign(ranges, index + 1, taken))
                {
                    return true;
                }

                taken.Remove(port);
            }
        }

        return false;
    }
}
