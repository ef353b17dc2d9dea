using PortGen.Configuration;

namespace PortGen.Tests.Support;

/// <summary>The textbook's bipartite matching, to compare with.</summary>
internal static class ReferenceMatching
{
    /// <summary>How many ports can have a number of their own at once.</summary>
    public static int Size(IReadOnlyList<PlannedPort> ports, Func<int, int, bool> isAvailable)
    {
        var holders = new Dictionary<int, int>();
        return Enumerable.Range(0, ports.Count).Count(p => Find(p, []));

        bool Find(int port, HashSet<int> seen)
        {
            var range = ports[port].Range!.Value;
            for (var number = range.First; number <= range.Last; number++)
            {
                if (isAvailable(port, number) && seen.Add(number) && (!holders.TryGetValue(number, out var holder) || Find(holder, seen)))
                {
                    holders[number] = port;
                    return true;
                }
            }

            return false;
        }
    }
}
