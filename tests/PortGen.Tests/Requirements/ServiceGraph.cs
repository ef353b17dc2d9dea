using CsCheck;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>Services with their ports in a block of their own, and which of the services before it each one needs.</summary>
/// <param name="needs">For each service bits: which of the others it needs. A bit for itself or a later one counts as none.</param>
internal sealed class ServiceGraph(int[] needs)
{
    public static Gen<ServiceGraph> Gen { get; } = CsCheck.Gen.Select(CsCheck.Gen.Int[0, (1 << 12) - 1], CsCheck.Gen.Int[0, (1 << 12) - 1])
        .Array[1, 12].Select(static bits => new ServiceGraph([.. bits.Select(static b => b.Item1 & b.Item2)]));

    public int Count => needs.Length;

    /// <summary>Two numbers for each service: the preferred one and one to fall back to.</summary>
    public PortRange Block { get; } = FreePorts.Block(2 * needs.Length);

    public IReadOnlyList<int[]> Needs { get; } = [.. needs.Select(static (bits, i) => Enumerable.Range(0, i).Where(n => (bits & (1 << n)) != 0).ToArray())];

    public IReadOnlyList<PortDefinition> Ports => [.. needs.Select((_, i) => new PortDefinition($"s{i}")
    {
        Port = Block.First + (2 * i),
        Range = new PortRange(Block.First + (2 * i), Block.First + (2 * i) + 1),
    })];

    /// <summary>The services by how many must start one after the other before them.</summary>
    public ILookup<int, int> ByDepth
    {
        get
        {
            var depths = new List<int>();
            foreach (var needed in Needs)
            {
                depths.Add(needed.Select(n => depths[n] + 1).DefaultIfEmpty(0).Max());
            }

            return Enumerable.Range(0, Count).ToLookup(i => depths[i]);
        }
    }

    public bool AreAllFree => Enumerable.Range(Block.First, Block.Count).All(FreePorts.BecomesFree);
}
