using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>Several ports whose ranges overlap in a block of twelve, some of which others have.</summary>
/// <param name="preferred">The preferred numbers, from the start of the block.</param>
/// <param name="widths">How far each range reaches below the preferred number, then how far above.</param>
/// <param name="occupied">The numbers that are in use.</param>
/// <param name="host">The host of all.</param>
/// <param name="idle">How many ports of the application, the last ones, are not bound.</param>
internal sealed class Crowd(int[] preferred, int[] widths, bool[] occupied, string host, int idle)
{
    private readonly PortRange _block = FreePorts.Block(12);

    /// <summary>The ports that are bound.</summary>
    public PortDefinition[] Ports => All[..^idle];

    private PortDefinition[] All => [.. preferred.Select((p, i) => new PortDefinition($"s{i}")
    {
        Port = _block.First + p,
        Range = new PortRange(_block.First + Math.Max(p - widths[i], 0), _block.First + Math.Min(p + widths[i + 4], 11)),
        Host = host,
    })];

    public bool IsFree(int number) => !occupied[number - _block.First];

    /// <summary>Binds the ports while other sockets have the occupied numbers.</summary>
    public BindAttempt Bind()
    {
        var others = Enumerable.Range(_block.First, 12).Where(n => !IsFree(n)).Select(FreePorts.Occupy).ToList();
        var attempt = BindAttempt.OfFirst(Ports.Length, All);
        others.ForEach(static o => o.Dispose());
        return attempt;
    }

    /// <summary>
    /// What everybody gets, written down as documented: first the preferred ports, then for each of the others the next free one upwards and
    /// on from the range's start, one that nobody prefers before one that somebody does. <see langword="null"/> where that leaves one without.
    /// </summary>
    public List<int>? NextFree()
    {
        var ports = Ports;
        var numbers = ports.Select(p => IsFree(p.Port) ? p.Port : 0).ToList();
        for (var i = 0; i < ports.Length; i++)
        {
            var (port, range) = (ports[i].Port, ports[i].Range!.Value);
            var upwards = Enumerable.Range(port, range.Last - port + 1).Concat(Enumerable.Range(range.First, port - range.First));
            var free = upwards.Where(n => IsFree(n) && !numbers.Contains(n)).ToList();
            numbers[i] = numbers[i] != 0 ? numbers[i] : free.Find(n => All.All(p => p.Port != n)) is var n && n != 0 ? n : free.FirstOrDefault();
        }

        return numbers.Contains(0) ? null : numbers;
    }
}
