using System.Net;
using System.Net.Sockets;
using CsCheck;
using PortGen.Binding;
using PortGen.Binding.Conflicts;
using PortGen.Configuration;
using PortGen.Platform;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>Binding on really occupied ports, against a reference that knows which are occupied.</summary>
public sealed class AllocationTests
{
    private const int Width = 8;

    private static readonly string[] s_hosts = ["localhost", "*", "127.0.0.1", "::1"];

    private static readonly Gen<Request> s_request =
        from preferred in Gen.Int[0, Width]
        from first in Gen.Int[0, Width - 1]
        from count in Gen.Int[1, Width]
        from host in Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[0, 3]))
        from required in Gen.Frequency((3, Gen.Const(true)), (1, Gen.Const(false)))
        select new Request(preferred, first, Math.Min(count, Width - first), s_hosts[host], required);

    [Flags]
    private enum Occupied
    {
        No = 0,
        IPv4 = 1,
        IPv6 = 2,
    }

    [Fact]
    public void Allocation_succeeds_exactly_when_a_matching_exists_and_moves_no_more_ports_than_the_best() =>
        Gen.Select(s_request.Array[1, 5], Gen.Int[0, 5].Array[Width], Gen.Bool).Sample(static (requests, occupied, native) =>
        {
            var block = FreePorts.Block(Width);

            // One third is free, and the others are taken on one family or both.
            Occupied On(int number) => (Occupied)Math.Min(occupied[number - block.First], 3) & (occupied[number - block.First] < 4 ? (Occupied)3 : Occupied.No);
            var holders = Enumerable.Range(block.First, Width).SelectMany(n => Occupy(n, On(n))).ToList();
            try
            {
                var plan = Plan(requests, block);
                bool IsAvailable(int port, int number) => (On(number) & Families(plan.Ports[port].Host)) == Occupied.No;
                var leases = Bind(plan, native ? ListenProbing.Native : ListenProbing.Managed);
                var best = BestAssignment.Of(plan.Ports, IsAvailable);
                Assert.Equal(best.RequiredMissing == 0, leases is not null);
                if (leases is null)
                {
                    Assert.All(Enumerable.Range(block.First, Width), n => Assert.True(FreePorts.Becomes(n, On(n) == Occupied.No)));
                    return;
                }

                var numbers = plan.Ports.Select(p => leases.GetValueOrDefault(p.Name)?.Port ?? 0).ToList();
                Assert.Equal(best, BestAssignment.Score(plan.Ports, numbers));
                Assert.All(leases.Values, l => Assert.All(l.EndPoints, e => Assert.True(FreePorts.IsRefused(e.Address, e.Port))));
                Assert.All(leases.Values, l => Assert.Equal(l.Host == "localhost" ? 2 : 1, l.EndPoints.Count));
                foreach (var lease in leases.Values)
                {
                    lease.Release();
                }

                Assert.All(Enumerable.Range(block.First, Width), n => Assert.True(FreePorts.Becomes(n, On(n) == Occupied.No)));
            }
            finally
            {
                holders.ForEach(static h => h.Dispose());
            }
        }, iter: LongTests.Count(always: 500, middle: 2_000, whenLong: 10_000), threads: 1);

    private static PortPlan Plan(Request[] requests, PortRange block)
    {
        var preferred = new HashSet<int>();
        var plan = Plans.Of(Manifests.Of(Manifests.Port("any", 0)));
        return plan with
        {
            BindTimeout = TimeSpan.Zero,
            Ports = [.. requests.Select((r, i) => plan.Ports[0] with
            {
                Definition = new PortDefinition($"p{i}"),
                Port = r.Preferred >= r.First && r.Preferred < r.First + r.Count && preferred.Add(r.Preferred) ? block.First + r.Preferred : 0,
                Range = new PortRange(block.First + r.First, block.First + r.First + r.Count - 1),
                Host = r.Host,
                Required = r.Required,
            })],
        };
    }

    private static IReadOnlyDictionary<string, PortLease>? Bind(PortPlan plan, ListenProbing probing)
    {
        var registry = new PortRegistry();
        registry.Open(plan.Ports.Select(static p => new PortStatus { Name = p.Name, Service = p.Name, PreferredPort = p.Port, Host = p.Host }));
        try
        {
            return PortBinder.BindAsync(plan, registry, new TestLog(), TestContext.Current.CancellationToken, new BindOptions { Probing = probing, Lookup = new PortHolderLookup(limit: TimeSpan.Zero) }).GetAwaiter().GetResult();
        }
        catch (PortUnavailableException)
        {
            return null;
        }
    }

    private static Occupied Families(string host) => host switch
    {
        "127.0.0.1" => Occupied.IPv4,
        "::1" => Occupied.IPv6,
        _ => Occupied.IPv4 | Occupied.IPv6,
    };

    private static IEnumerable<Socket> Occupy(int number, Occupied families)
    {
        if (families.HasFlag(Occupied.IPv4))
        {
            yield return FreePorts.Occupy(number);
        }

        if (families.HasFlag(Occupied.IPv6))
        {
            yield return FreePorts.Occupy(number, IPAddress.IPv6Loopback);
        }
    }

    private sealed record Request(int Preferred, int First, int Count, string Host, bool Required);
}
