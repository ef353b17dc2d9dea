using System.Diagnostics;
using System.Net.Sockets;
using PortGen.Binding;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>
/// Several starters want the same exact ports, declared in different orders. None may keep some and wait for the rest: as soon as the ports are free,
/// one has all of them. Nothing else runs meanwhile, because the time is measured.
/// </summary>
[CollectionDefinition(nameof(SameExactPortsTests), DisableParallelization = true)]
[Collection(nameof(SameExactPortsTests))]
public sealed class SameExactPortsTests(ITestOutputHelper output)
{
    // A machine with more to do than it has processors for takes as much longer.
    private static TimeSpan Limit => TimeSpan.FromSeconds(1) * Overload.Factor();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 3)]
    [InlineData(10, 3)]
    [InlineData(2, 100)]
    [InlineData(5, 100)]
    [InlineData(2, 400)]
    [InlineData(10, 400)]
    public async Task One_after_the_other_is_up_within_a_second_of_the_last_listener_s_end(int starters, int ports)
    {
        var times = new List<TimeSpan>();
        for (var round = LongTests.Count(2, 2, 40); round > 0; round--)
        {
            var block = FreePorts.Block(ports);
            var listener = FreePorts.Occupy(Random.Shared.Next(block.First, block.Last + 1));
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var all = Enumerable.Range(0, starters).Select(_ => new Starter(block, giveUp.Token)).ToList();
            await Task.WhenAll(all.Select(static s => s.Waits)).WaitAsync(TimeSpan.FromMinutes(1), Token);

            Action end = listener.Dispose;
            while (all.Count > 0)
            {
                var ended = Stopwatch.GetTimestamp();
                end();
                var up = await (await Task.WhenAny(all.Select(static s => s.Up)).WaitAsync(TimeSpan.FromMinutes(1), Token));
                times.Add(Stopwatch.GetElapsedTime(ended, up.UpAt));
                all.Remove(up);
                Assert.DoesNotContain(all, static s => s.Up.IsCompleted);
                end = up.Release;
            }

            end();
        }

        Report($"{starters} starters, {ports} ports", times);
    }

    // The worst case of all who keep what they have: the first number of one is the last of the other.
    [Fact]
    public async Task In_opposite_orders_neither_holds_what_the_other_needs_while_it_waits()
    {
        var block = FreePorts.Block(3);
        using var listener = FreePorts.Occupy(block.First + 1);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        List<Starter> all = [new(block, giveUp.Token, Enumerable.Range(0, 3)), new(block, giveUp.Token, Enumerable.Range(0, 3).Reverse())];
        await Task.WhenAll(all.Select(static s => s.Waits));

        // No round but the first listens anywhere while a port is known to be missing.
        Assert.True(FreePorts.BecomesFree(block.First));
        for (var i = 0; i < 200; i++)
        {
            Assert.False(IsServed(block.First), "a client could connect to a port that is not held for good");
            Assert.False(IsServed(block.Last), "a client could connect to a port that is not held for good");
        }

        await giveUp.CancelAsync();
        foreach (var starter in all)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starter.Up);
        }
    }

    private static bool IsServed(int port)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            client.Connect(System.Net.IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Report(string what, List<TimeSpan> times)
    {
        times.Sort();
        output.WriteLine($"{what}: {times.Count} times, median {times[times.Count / 2].TotalMilliseconds:0} ms, max {times[^1].TotalMilliseconds:0} ms, limit {Limit.TotalMilliseconds:0} ms");
        Assert.InRange(times[^1], TimeSpan.Zero, Limit);
    }

    private sealed class Starter
    {
        private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IReadOnlyDictionary<string, PortLease> _leases = new Dictionary<string, PortLease>();

        public Starter(PortRange block, CancellationToken cancellationToken, IEnumerable<int>? order = null)
        {
            var numbers = order?.Select(i => block.First + i).ToArray() ?? [.. Enumerable.Range(block.First, block.Count)];
            if (order is null)
            {
                Random.Shared.Shuffle(numbers);
            }

            var plan = Plans.Of(Manifests.Of([.. numbers.Select(static n => Manifests.Port($"p{n}", n))])) with { BindTimeout = TimeSpan.FromMinutes(5) };
            var registry = new PortRegistry();
            registry.Open(plan.Ports.Select(static p => new PortStatus { Name = p.Name, Service = p.Name, PreferredPort = p.Port, Host = p.Host }));
            registry.Changed += (_, status) =>
            {
                // The second round is under way.
                if (status.BindAttempts > 1)
                {
                    _waits.TrySetResult();
                }
            };
            Up = Task.Run(
                async () =>
                {
                    _leases = await PortBinder.BindAsync(plan, registry, new TestLog(), cancellationToken);
                    UpAt = Stopwatch.GetTimestamp();
                    return this;
                },
                CancellationToken.None);
        }

        public Task Waits => _waits.Task;

        public Task<Starter> Up { get; }

        public long UpAt { get; private set; }

        public void Release()
        {
            foreach (var lease in _leases.Values)
            {
                lease.Release();
            }
        }
    }
}
