using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Microsoft.Extensions.Logging;
using PortGen.Binding;
using PortGen.Binding.Conflicts;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

public sealed class PortBinderTests
{
    // On a busy machine the search for a holder may need more than its usual time.
    private static BindOptions Patient => new() { Lookup = new PortHolderLookup(limit: TimeSpan.FromSeconds(30)) };

    [Fact]
    public void A_fallback_is_the_next_free_port_upwards_and_then_from_the_start() =>
        Gen.Select(Gen.Int[0, 7], Gen.Bool.Array[8]).Sample(static (preferred, occupied) =>
        {
            var range = FreePorts.Block(8);
            var holders = occupied.Select((o, i) => o ? FreePorts.Occupy(range.First + i) : null).ToList();
            try
            {
                // The reference, by walking round the range.
                var expected = Enumerable.Range(0, 8).Select(i => (preferred + i) % 8).Where(i => !occupied[i]).Select(i => range.First + i).FirstOrDefault();
                var (leases, registry, _) = Bind(Manifests.Of(Manifests.Port("web", range.First + preferred, range)));
                if (expected == 0)
                {
                    Assert.Null(leases);
                    return;
                }

                var lease = leases!["web"];
                Assert.Equal(expected, lease.Port);
                Assert.Equal(expected, registry.GetPort("web").Port);
                Assert.Equal(expected != range.First + preferred, registry.GetPort("web").IsFallback);
                Assert.All(lease.EndPoints, e => Assert.True(FreePorts.IsRefused(e.Address, e.Port)));
                lease.Release();
                Assert.True(FreePorts.BecomesFree(expected));
            }
            finally
            {
                holders.ForEach(static h => h?.Dispose());
            }
        }, iter: 100, threads: 1);

    [Fact]
    public void A_fallback_never_takes_what_another_port_prefers()
    {
        var range = FreePorts.Block(4);
        using var holder = FreePorts.Occupy(range.First);
        var (leases, _, _) = Bind(Manifests.Of(
            Manifests.Port("a", range.First, range), Manifests.Port("b", range.First + 1, range), Manifests.Port("c", range.First + 2, range)));
        Assert.Equal([range.First + 3, range.First + 1, range.First + 2], leases!.OrderBy(static l => l.Key).Select(static l => l.Value.Port));
        Release(leases!);
    }

    [Fact]
    public void A_conflict_is_a_warning_with_service_port_interface_and_holder()
    {
        var range = FreePorts.Block(2);
        using var holder = FreePorts.Occupy(range.First);
        var (leases, registry, log) = Bind(Manifests.Of(Manifests.Port("web", range.First, range)));
        var warning = Assert.Single(log.Entries, static e => e.Id == 1);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Equal($"Port {range.First} of web on localhost is in use by this process", warning.Text);
        Assert.Contains(log.Entries, e => e.Id == 3 && e.Text.Contains($"port {range.Last} instead of {range.First}", StringComparison.Ordinal));
        Assert.Equal("this process", registry.GetPort("web").HeldBy);
        Assert.Equal(2, registry.GetPort("web").BindAttempts);
        Release(leases!);
    }

    [Fact]
    public async Task A_holder_that_is_found_after_the_warning_is_told_then()
    {
        var range = FreePorts.Block(2);
        using var holder = FreePorts.Occupy(range.First);
        using var found = new ManualResetEventSlim();
        var lookup = new PortHolderLookup(
            () =>
            {
                found.Wait();
                return [];
            },
            TimeSpan.FromMilliseconds(100));
        var (registry, log, plan) = (new PortRegistry(), new TestLog(), Plan(Manifests.Of(Manifests.Port("web", range.First, range))));
        Reset(registry, plan);
        var leases = await PortBinder.BindAsync(plan, registry, log, TestContext.Current.CancellationToken, new BindOptions { Lookup = lookup });
        Assert.Matches("(not found yet)|(is not known yet)", Assert.Single(log.Entries, static e => e.Id == 1).Text);
        Assert.NotEqual("this process", registry.GetPort("web").HeldBy);

        var told = new TaskCompletionSource();
        registry.Changed += (_, status) => told.TrySetResult();
        found.Set();
        await told.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal((PortState.Bound, range.Last, "this process"), (registry.GetPort("web").State, registry.GetPort("web").Port, registry.GetPort("web").HeldBy));
        Assert.Equal(
            (LogLevel.Warning, 25, $"Port {range.First} of web on localhost, which was in use, is held by this process"), Assert.Single(log.Entries, static e => e.Id == 25));
        Assert.Equal("this process", leases["web"].HeldBy);
        Release(leases);
    }

    [Fact]
    public async Task A_holder_that_has_gone_before_it_was_found_is_not_told()
    {
        var port = FreePorts.Block(1).First;
        using var holder = FreePorts.Occupy(port);
        using var found = new ManualResetEventSlim();
        var lookup = new PortHolderLookup(
            () =>
            {
                found.Wait();
                return [];
            },
            TimeSpan.FromMilliseconds(100));
        var (registry, log, plan) = (new PortRegistry(), new TestLog(), Plan(Manifests.Of(Manifests.Port("web", port))) with { BindTimeout = TimeSpan.FromMinutes(1) });
        Reset(registry, plan);
        var missed = new TaskCompletionSource();
        registry.Changed += (_, status) => _ = status.BindAttempts > 1 && missed.TrySetResult();
        var binding = PortBinder.BindAsync(plan, registry, log, TestContext.Current.CancellationToken, new BindOptions { Lookup = lookup });
        await missed.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        holder.Dispose();
        var leases = await binding;
        found.Set();
        Assert.True(lookup.WaitForAll(TimeSpan.FromMinutes(1)));
        Assert.DoesNotContain(log.Entries, static e => e.Id == 25);
        Assert.Null(registry.GetPort("web").HeldBy);
        Assert.Null(leases["web"].HeldBy);
        Release(leases);
    }

    [Fact]
    public async Task Of_a_start_that_failed_no_holder_is_told_later()
    {
        var port = FreePorts.Block(1).First;
        using var holder = FreePorts.Occupy(port);
        using var found = new ManualResetEventSlim();
        var lookup = new PortHolderLookup(
            () =>
            {
                found.Wait();
                return [];
            },
            TimeSpan.FromMilliseconds(100));
        var (registry, log, plan) = (new PortRegistry(), new TestLog(), Plan(Manifests.Of(Manifests.Port("web", port))) with { BindTimeout = TimeSpan.Zero });
        Reset(registry, plan);
        await Assert.ThrowsAsync<PortUnavailableException>(
            () => PortBinder.BindAsync(plan, registry, log, TestContext.Current.CancellationToken, new BindOptions { Lookup = lookup }));
        found.Set();
        Assert.True(lookup.WaitForAll(TimeSpan.FromMinutes(1)));
        Assert.DoesNotContain(log.Entries, static e => e.Id == 25);
        Assert.NotEqual("this process", registry.GetPort("web").HeldBy);
    }

    [Fact]
    public async Task The_error_names_every_port_that_is_missing_although_the_round_ends_at_the_first()
    {
        var (exact, range) = (FreePorts.Block(3), FreePorts.Block(2));
        using var first = FreePorts.Occupy(exact.First);
        using var last = FreePorts.Occupy(exact.Last);
        using var one = FreePorts.Occupy(range.First);
        using var two = FreePorts.Occupy(range.Last);
        var plan = Plan(Manifests.Of(
            Manifests.Port("c", exact.Last), Manifests.Port("b", exact.First + 1), Manifests.Port("d", range.First, range), Manifests.Port("a", exact.First)));
        foreach (var timeout in (int[])[0, 300])
        {
            var (registry, log) = (new PortRegistry(), new TestLog());
            Reset(registry, plan);
            var e = await Assert.ThrowsAsync<PortUnavailableException>(() => PortBinder.BindAsync(
                plan with { BindTimeout = TimeSpan.FromMilliseconds(timeout) }, registry, log, TestContext.Current.CancellationToken, Patient));
            Assert.Equal(["'c'", "'d'", "'a'"], e.Message.Split('\n').Select(static l => l.Split(' ')[5].TrimEnd(':')));
            Assert.Equal(["c", "a"], log.Entries.Where(static l => l.Id == 1).Select(static l => l.Text.Split(' ')[3]));
            Assert.Equal(timeout > 0 ? 1 : 0, log.Entries.Count(static l => l.Id == 9));
            Assert.Equal(
                [PortState.Failed, PortState.Pending, PortState.Failed, PortState.Failed], registry.Ports.Select(static p => p.State));
        }
    }

    [Fact]
    public void Localhost_listens_on_both_families_and_a_conflict_on_one_is_a_conflict()
    {
        var range = FreePorts.Block(2);
        using var holder = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.IPv6Loopback, range.First));
        holder.Listen();
        var (leases, registry, _) = Bind(Manifests.Of(Manifests.Port("web", range.First, range)));
        Assert.Equal("this process", registry.GetPort("web").HeldBy);
        Assert.Equal([new(IPAddress.Loopback, range.Last), new(IPAddress.IPv6Loopback, range.Last)], leases!["web"].EndPoints);
        Assert.False(FreePorts.IsRefused(IPAddress.Loopback, range.First));
        Release(leases);
    }

    [Fact]
    public void Without_preference_the_system_chooses_one_number_for_both_families()
    {
        var (leases, registry, _) = Bind(Manifests.Of(Manifests.Port("web", 0)));
        var lease = leases!["web"];
        Assert.Equal(2, lease.EndPoints.Count);
        Assert.All(lease.EndPoints, e => Assert.Equal(lease.Port, e.Port));
        Assert.InRange(lease.Port, 1024, 65535);
        Assert.False(registry.GetPort("web").IsFallback);
        Release(leases);
    }

    [Fact]
    public void A_star_listens_on_all_interfaces_of_both_families()
    {
        var port = FreePorts.Block(1).First;
        var (leases, _, _) = Bind(Manifests.Of(new PortDefinition("web") { Port = port, Host = "*" }));
        foreach (var address in (IPAddress[])[IPAddress.Parse("127.0.0.5"), IPAddress.IPv6Loopback])
        {
            using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(address, port);
        }

        Release(leases!);
    }

    [Fact]
    public async Task With_one_port_unavailable_none_is_kept_and_the_error_names_service_range_and_holders()
    {
        var range = FreePorts.Block(5);
        var holders = Enumerable.Range(range.First, 4).Select(FreePorts.Occupy).ToList();
        var manifest = Manifests.Of(Manifests.Port("free", range.Last), Manifests.Port("web", range.First, new PortRange(range.First, range.Last - 1)));
        var registry = new PortRegistry();
        var plan = Plan(manifest) with { BindTimeout = TimeSpan.FromMilliseconds(300) };
        Reset(registry, plan);
        var clock = Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<PortUnavailableException>(
            () => PortBinder.BindAsync(plan, registry, new TestLog(), TestContext.Current.CancellationToken, Patient));
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(300), TimeSpan.FromMinutes(1));
        Assert.StartsWith("PG3001: No port available for 'web': all 4 ports of ", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{range.First}-{range.Last - 1} in use by this process", e.Message, StringComparison.Ordinal);
        Assert.True(FreePorts.BecomesFree(range.Last));
        Assert.Null(registry.GetPort("free").Port);
        holders.ForEach(static h => h.Dispose());
    }

    [Fact]
    public async Task A_port_that_becomes_free_in_time_is_taken()
    {
        var port = FreePorts.Block(1).First;
        using var holder = FreePorts.Occupy(port);
        var registry = new PortRegistry();
        var plan = Plan(Manifests.Of(Manifests.Port("web", port))) with { BindTimeout = TimeSpan.FromSeconds(30) };
        Reset(registry, plan);
        var log = new TestLog();
        var triedAgain = new TaskCompletionSource();
        registry.Changed += (_, status) =>
        {
            if (status.BindAttempts == 3)
            {
                triedAgain.TrySetResult();
            }
        };
        var binding = PortBinder.BindAsync(plan, registry, log, TestContext.Current.CancellationToken);
        Assert.False(binding.IsCompleted);
        await triedAgain.Task;
        holder.Dispose();
        var leases = await binding;
        Assert.Equal(port, leases["web"].Port);
        Assert.Single(log.Entries, static e => e.Id == 1);
        Release(leases);
    }

    [Fact]
    public async Task Binding_that_is_cancelled_leaves_nothing_bound()
    {
        var range = FreePorts.Block(2);
        using var holder = FreePorts.Occupy(range.First);
        var plan = Plan(Manifests.Of(Manifests.Port("a", range.Last), Manifests.Port("web", range.First)));
        var registry = new PortRegistry();
        Reset(registry, plan);
        using var cancellation = new CancellationTokenSource();
        var binding = PortBinder.BindAsync(plan, registry, new TestLog(), cancellation.Token);
        Assert.False(binding.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => binding);
        Assert.True(FreePorts.BecomesFree(range.Last));
    }

    [Fact]
    public async Task Binding_that_was_given_up_before_tries_nothing()
    {
        var plan = Plan(Manifests.Of(Manifests.Port("web", FreePorts.Block(1).First)));
        var registry = new PortRegistry();
        Reset(registry, plan);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PortBinder.BindAsync(plan, registry, new TestLog(), new CancellationToken(true)));
        Assert.Equal((PortState.Pending, 0), (registry.GetPort("web").State, registry.GetPort("web").BindAttempts));
    }

    [Fact]
    public void An_optional_port_that_is_not_to_be_had_is_left_out()
    {
        var range = FreePorts.Block(2);
        using var holder = FreePorts.Occupy(range.First);
        var (leases, registry, log) = Bind(Manifests.Of(
            new PortDefinition("extra") { Port = range.First, Required = false }, Manifests.Port("web", range.Last)));
        Assert.Equal(["web"], leases!.Keys);
        Assert.Equal(PortState.Failed, registry.GetPort("extra").State);
        Assert.Contains(log.Entries, static e => e.Id == 8 && e.Level == LogLevel.Warning);
        Release(leases);
    }

    [Fact]
    public async Task Without_a_range_the_error_advises_another_port()
    {
        var port = FreePorts.Block(1).First;
        using var holder = FreePorts.Occupy(port);
        var plan = Plan(Manifests.Of(Manifests.Port("web", port))) with { BindTimeout = TimeSpan.Zero };
        var registry = new PortRegistry();
        Reset(registry, plan);
        var e = await Assert.ThrowsAsync<PortUnavailableException>(
            () => PortBinder.BindAsync(plan, registry, new TestLog(), TestContext.Current.CancellationToken));
        Assert.EndsWith("Free it, or set Ports:web:Port to another port", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_free_port_goes_to_the_required_one()
    {
        var range = FreePorts.Block(3);
        using var first = FreePorts.Occupy(range.First);
        using var second = FreePorts.Occupy(range.First + 1);
        var (leases, _, _) = Bind(Manifests.Of(
            new PortDefinition("extra") { Port = range.First, Range = range, Required = false }, Manifests.Port("web", range.First + 1, range)));
        Assert.Equal(range.Last, Assert.Single(leases!).Value.Port);
        Release(leases!);
    }

    [Fact]
    public void An_address_that_the_machine_lacks_is_no_port()
    {
        var port = FreePorts.Block(1).First;
        var (leases, _, log) = Bind(Manifests.Of(new PortDefinition("web") { Port = port, Host = "192.0.2.1" }));
        Assert.Null(leases);
        Assert.Contains(log.Entries, static e => e.Id == 2);
    }

    private static (IReadOnlyDictionary<string, PortLease>? Leases, PortRegistry Registry, TestLog Log) Bind(PortManifest manifest)
    {
        var plan = Plan(manifest) with { BindTimeout = TimeSpan.Zero };
        var registry = new PortRegistry();
        Reset(registry, plan);
        var log = new TestLog();
        try
        {
            return (PortBinder.BindAsync(plan, registry, log, TestContext.Current.CancellationToken, Patient).GetAwaiter().GetResult(), registry, log);
        }
        catch (PortUnavailableException)
        {
            return (null, registry, log);
        }
    }

    private static PortPlan Plan(PortManifest manifest) => Plans.Of(manifest);

    private static void Reset(PortRegistry registry, PortPlan plan) => registry.Open(plan.Ports.Select(static p =>
        new PortStatus { Name = p.Name, Service = p.Name, PreferredPort = p.Port, Host = p.Host }));

    private static void Release(IReadOnlyDictionary<string, PortLease> leases)
    {
        foreach (var lease in leases.Values)
        {
            lease.Release();
        }
    }
}
