namespace PortGen;

/// <summary>Why ranges can't all be served: more ports need an interval than it has numbers.</summary>
/// <param name="Members">The ports of the smallest such set, by index.</param>
/// <param name="Shared">The numbers that they share: every range of the set lies inside.</param>
internal sealed record PortConflict(IReadOnlyList<int> Members, PortRange Shared);

/// <summary>Decides whether each of several ranges can get its own number. Ranges are intervals, so this is exact.</summary>
internal static class PortMatching
{
    /// <summary>Whether an assignment exists. Earliest deadline first: each number goes to the range that ends soonest.</summary>
    public static bool IsSatisfiable(IReadOnlyList<PortRange> ranges)
    {
        var byFirst = ranges.OrderBy(static r => r.First).ToList();
        var open = new SortedSet<(int Last, int Index)>();
        var (number, next) = (0, 0);
        while (next < byFirst.Count || open.Count > 0)
        {
            number = open.Count == 0 ? Math.Max(number, byFirst[next].First) : number;
            for (; next < byFirst.Count && byFirst[next].First <= number; next++)
            {
                open.Add((byFirst[next].Last, next));
            }

            var soonest = open.Min;
            if (soonest.Last < number)
            {
                return false;
            }

            open.Remove(soonest);
            number++;
        }

        return true;
    }

    /// <summary>The smallest set of ranges that can't be served together, or <see langword="null"/> if all can.</summary>
    /// <remarks>
    /// By Hall's theorem, which for intervals only needs checking on intervals: some interval wholly contains more ranges
    /// than it has numbers. The narrowest such interval gives the smallest set.
    /// </remarks>
    public static PortConflict? SmallestConflict(IReadOnlyList<PortRange> ranges)
    {
        if (IsSatisfiable(ranges))
        {
            return null;
        }

        var byLast = Enumerable.Range(0, ranges.Count).OrderBy(i => ranges[i].Last).ToList();
        PortRange? narrowest = null;
        foreach (var first in ranges.Select(static r => r.First).Distinct().OrderBy(static f => f))
        {
            var contained = 0;
            foreach (var index in byLast)
            {
                var range = ranges[index];
                if (range.First < first)
                {
                    continue;
                }

                var width = range.Last - first + 1;
                if (narrowest is { } best && width >= best.Count)
                {
                    break;
                }

                if (++contained > width)
                {
                    narrowest = new PortRange(first, range.Last);
                    break;
                }
            }
        }

        var shared = narrowest!.Value;
        var members = Enumerable.Range(0, ranges.Count)
            .Where(i => ranges[i].First >= shared.First && ranges[i].Last <= shared.Last)
            .Take(shared.Count + 1)
            .ToList();
        return new PortConflict(members, shared);
    }
}
