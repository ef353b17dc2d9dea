using PortGen.Configuration;

namespace PortGen.Binding;

/// <summary>
/// Gives every port a number of its own: as few required ports left without one as can be, then as few optional ones, then as few
/// ports off their preferred number. Among equals, the next number upwards, then on from the range's start.
/// </summary>
/// <remarks>
/// The assignment problem, solved by shortest augmenting paths (Kuhn and Munkres; Jonker and Volgenant): a port that finds its range full
/// may push others on. The prices are the dual solution, which keeps every step of such a path from costing less than nothing. A
/// port without a number pays a price too, so that leaving it out is a last step like any other.
/// </remarks>
/// <param name="ports">The ports.</param>
/// <param name="reserved">Numbers that a fallback takes only where there is no other: what the application's ports prefer.</param>
/// <param name="isAvailable">Whether a port, by index, can have a number. It is asked only about numbers that matter.</param>
internal sealed class PortAssignment(IReadOnlyList<PlannedPort> ports, IReadOnlySet<int> reserved, Func<int, int, bool> isAvailable)
{
    private const int Nobody = -1;
    private const int None = 0;

    // Each outweighs any number of the lesser: there are fewer than 2^16 port numbers.
    private const long MovedCost = 1;
    private const long OptionalMissingCost = 1L << 20;
    private const long RequiredMissingCost = 1L << 40;

    private readonly int _first = ports.Min(static p => p.Range?.First) ?? 1;
    private readonly int[] _holders = NewHolders(ports);
    private readonly long[] _numberPrices = new long[SpanOf(ports)];
    private readonly int[] _numbers = new int[ports.Count];
    private readonly long[] _portPrices = new long[ports.Count];
    private readonly long[] _distances = new long[ports.Count];
    private readonly int[] _cameFrom = new int[ports.Count];

    /// <summary>The number of each port by index; 0 for none. Ports without a range are not looked at.</summary>
    public int[] Solve()
    {
        var ranged = Enumerable.Range(0, ports.Count).Where(p => ports[p].Range is not null).ToList();
        foreach (var port in ranged.Where(p => ports[p].Port != None && isAvailable(p, ports[p].Port)))
        {
            Give(port, ports[port].Port);
        }

        foreach (var port in ranged.Where(p => _numbers[p] == None).OrderBy(p => !ports[p].Required))
        {
            if (FindFree(port) is var number && number != None)
            {
                _portPrices[port] = Cost(port, number);
                Give(port, number);
            }
            else
            {
                Push(port);
            }
        }

        return _numbers;
    }

    private static int SpanOf(IReadOnlyList<PlannedPort> ports) =>
        ports.Max(static p => p.Range?.Last) is { } last ? last - ports.Min(static p => p.Range?.First)!.Value + 1 : 0;

    private static int[] NewHolders(IReadOnlyList<PlannedPort> ports)
    {
        var holders = new int[SpanOf(ports)];
        Array.Fill(holders, Nobody);
        return holders;
    }

    private void Give(int port, int number)
    {
        _numbers[port] = number;
        _holders[number - _first] = port;
    }

    private long Cost(int port, int number) => ports[port].Port is var preferred && (preferred == None || preferred == number) ? 0 : MovedCost;

    private long MissingCost(int port) => ports[port].Required ? RequiredMissingCost : OptionalMissingCost;

    private int FindFree(int port)
    {
        var free = Walk(port).Where(n => _holders[n - _first] == Nobody);
        return free.FirstOrDefault(n => !reserved.Contains(n) && isAvailable(port, n)) is var number && number != None
            ? number
            : free.FirstOrDefault(n => isAvailable(port, n));
    }

    // Upwards from the preferred number, then from the range's start.
    private IEnumerable<int> Walk(int port)
    {
        var range = ports[port].Range!.Value;
        var start = range.Contains(ports[port].Port) ? ports[port].Port : range.First;
        for (var number = start; number <= range.Last; number++)
        {
            yield return number;
        }

        for (var number = range.First; number < start; number++)
        {
            yield return number;
        }
    }

    // Along the cheapest path: the port takes a number from its holder, who takes one from its holder, until one finds a free number or is left out.
    private void Push(int port)
    {
        var (cost, last, free) = FindPath(port);
        for (var p = 0; p < ports.Count; p++)
        {
            if (_distances[p] < cost)
            {
                _portPrices[p] += cost - _distances[p];
                if (_numbers[p] != None)
                {
                    _numberPrices[_numbers[p] - _first] -= cost - _distances[p];
                }
            }
        }

        for (var (p, number) = (last, free); p != Nobody; p = _cameFrom[p])
        {
            var before = _numbers[p];
            _numbers[p] = number;
            if (number != None)
            {
                _holders[number - _first] = p;
            }

            number = before;
        }
    }

    // Dijkstra over the ports. Distances are relative to the prices, so none is negative.
    private (long Cost, int Last, int Free) FindPath(int start)
    {
        Array.Fill(_distances, long.MaxValue);
        var queue = new PriorityQueue<int, long>();
        (_distances[start], _cameFrom[start]) = (0, Nobody);
        queue.Enqueue(start, 0);
        var best = (Cost: long.MaxValue, Last: start, Free: None);
        while (queue.TryDequeue(out var port, out var distance) && distance < best.Cost)
        {
            if (distance > _distances[port])
            {
                continue;
            }

            var paid = distance - _portPrices[port];
            if (paid + MissingCost(port) < best.Cost)
            {
                best = (paid + MissingCost(port), port, None);
            }

            foreach (var number in Walk(port))
            {
                var holder = _holders[number - _first];
                var cost = paid + Cost(port, number) - _numberPrices[number - _first];
                if (cost >= best.Cost || (holder != Nobody && cost >= _distances[holder]) || !isAvailable(port, number))
                {
                    continue;
                }

                if (holder == Nobody)
                {
                    best = (cost, port, number);
                    continue;
                }

                (_distances[holder], _cameFrom[holder]) = (cost, port);
                queue.Enqueue(holder, cost);
            }
        }

        return best;
    }
}
