using System.Net;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Hosting;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>R3: what is told of the ports, in the log and by the registry.</summary>
public sealed class R3_StatusTests
{
    private static readonly string[] s_services = ["alpha", "beta", "gamma"];

    private enum Stop
    {
        Clean,
        Throw,
        Hang,
    }

    // A port alone, a range, a range without a preference, neither.
    private enum Declared
    {
        Exact,
        Range,
        NoPreference,
        Any,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P11_The_actual_port_of_each_service_is_logged() =>
        await Gen.Select(Gen.Enum<Declared>().Array[1, 4], Gen.Bool, Gen.Bool, Gen.Int[-4, 3]).SampleAsync(static async (kinds, hasMore, isOccupied, failing) =>
        {
            var block = FreePorts.Block(3 * kinds.Length);
            var ports = kinds.Select((k, i) => Port(k, $"s{i}", block.First + (3 * i))).ToList();
            if (hasMore)
            {
                ports.Add(new PortDefinition("more") { Service = "s0" });
            }

            var others = isOccupied ? kinds.Select((k, i) => k == Declared.Range ? FreePorts.Occupy(block.First + (3 * i)) : null).ToList() : [];
            await using var host = ScriptedHost.Build(ports, [.. kinds.Select(static _ => Array.Empty<int>())]);
            host.Journal.Misbehaviour[$"s{failing} start"] = static _ => throw new InvalidOperationException("the test wants it to fail");
            if (await host.StartAsync(Token) is not null)
            {
                Assert.InRange(failing, 0, kinds.Length - 1);
                Assert.DoesNotContain(Told(), e => e.Text.StartsWith($"s{failing} serves", StringComparison.Ordinal));
            }
            else
            {
                Assert.Equal(Lines(host.Ports), Told().Select(static e => e.Text).Order());
                Assert.All(Told(), static e => Assert.Equal(LogLevel.Information, e.Level));
                Assert.All(host.Ports, static p => Assert.True(FreePorts.IsRefused(IPAddress.Loopback, p.Port!.Value)));

                // One that starts again says so again.
                await host.Manager.RestartServiceAsync("s0", Token);
                Assert.Equal(Lines([.. host.Ports, .. host.Ports.Where(static p => p.Service == "s0")]), Told().Select(static e => e.Text).Order());
                await host.Host.StopAsync(Token);
            }

            others.ForEach(static o => o?.Dispose());

            IEnumerable<(LogLevel Level, int Id, string Text)> Told() => host.Log.Entries.Where(static e => e.Id == 5);
        }, iter: 100, threads: 1);

    [Fact]
    public async Task P13_Status_shows_name_requested_and_actual_port_state_attempts_and_holder() =>
        await Gen.Select(Gen.Bool.Array[6], Gen.Int[0, 5]).Array[1, 3].SampleAsync(static async services =>
        {
            var blocks = services.Select(static _ => FreePorts.Block(6)).ToList();
            var ports = services.Select((s, i) => new PortDefinition($"s{i}") { Port = blocks[i].First + s.Item2, Range = blocks[i], Host = "127.0.0.1", Required = false }).ToList();
            var others = services.SelectMany((s, i) => s.Item1.Select((o, n) => o ? FreePorts.Occupy(blocks[i].First + n) : null)).ToList();
            await using var host = ScriptedHost.Build(ports, [.. services.Select(static _ => Array.Empty<int>())]);
            var states = ports.ToDictionary(static p => p.Name, static _ => new List<PortState>());
            host.Host.Services.GetRequiredService<PortRegistry>().Changed += (_, s) => states[s.Name].Add(s.State);
            var before = DateTimeOffset.UtcNow;
            Assert.Null(await host.StartAsync(Token));
            var after = DateTimeOffset.UtcNow;

            Assert.Equal(ports.Select(static p => p.Name), host.Manager.GetStatus().Select(static s => s.Name));
            for (var i = 0; i < ports.Count; i++)
            {
                var (status, occupied, preferred) = (host.Manager.GetPort(ports[i].Name), services[i].Item1, services[i].Item2);
                var tries = Enumerable.Range(0, 6).TakeWhile(n => occupied[(preferred + n) % 6]).Count();
                var actual = tries == 6 ? (int?)null : blocks[i].First + ((preferred + tries) % 6);
                Assert.Equal((ports[i].Name, ports[i].Port, "127.0.0.1", actual), (status.Service, status.PreferredPort, status.Host, status.Port));
                Assert.Equal((actual is null ? PortState.Failed : PortState.Serving, tries is > 0 and < 6), (status.State, status.IsFallback));
                Assert.Equal(Math.Min(tries + 1, 6), status.BindAttempts);
                Assert.Equal(actual is null ? null : $"tcp://127.0.0.1:{actual}", status.Url);
                Assert.True(actual is null ? status.AllocatedAt is null : status.AllocatedAt >= before && status.AllocatedAt <= after);

                // The search for a holder is given up when the machine is too busy for it.
                var isGivenUp = tries > 0 && after - before > TimeSpan.FromMilliseconds(150);
                Assert.True(isGivenUp || status.HeldBy == (tries > 0 ? "this process" : null), status.ToString());
            }

            await host.Host.StopAsync(Token);
            Assert.All(states.Values, static s => Assert.Equal(s.Contains(PortState.Failed)
                ? [PortState.Pending, PortState.Failed]
                : [PortState.Pending, PortState.Bound, PortState.Serving, PortState.Draining, PortState.Released], s.Distinct()));
            others.ForEach(static o => o?.Dispose());
        }, iter: 100, threads: 1);

    [Fact]
    public async Task P14_The_registry_is_exact_under_concurrency() =>
        await ControlStep.Gen.Array[1, 6].Array[2, 4].SampleAsync(static async tasks =>
        {
            await using var host = await ManagedHost.StartAsync(("Ports:StopTimeout", "0.5"));
            using var other = FreePorts.Occupy(host.Range.Last);
            var steps = 0;
            host.Journal.Misbehaviour["beta start"] = _ => Interlocked.Increment(ref steps) % 4 == 0 ? throw new InvalidOperationException("now and then") : Task.CompletedTask;
            var watch = new LedgerWatch(host);
            await Task.WhenAll(tasks.Select(steps => Task.Run(async () =>
            {
                foreach (var step in steps)
                {
                    await step.RunAsync(host);
                }
            })));
            await watch.EndAsync();
            await watch.AssertSettledAsync(except: host.Range.Last);

            // Whatever has happened, the services can still be had.
            ControlStep.Undo(host);
            host.Journal.Misbehaviour.Clear();
            await host.Manager.RestartAllAsync(Token);
            Assert.All(host.Manager.GetStatus(), static s => Assert.Equal(PortState.Serving, s.State));
            await watch.AssertSettledAsync(except: host.Range.Last);
        }, iter: 100, threads: 1);

    [Fact]
    public async Task P15_A_stopped_service_shows_its_port_as_released() =>
        await Gen.Select(Gen.Shuffle(s_services), Gen.Int[1, 3], Gen.Frequency((8, Gen.Const(Stop.Clean)), (3, Gen.Const(Stop.Throw)), (1, Gen.Const(Stop.Hang)))).SampleAsync(static async (order, count, how) =>
        {
            await using var host = await ManagedHost.StartAsync(("Ports:StopTimeout", "0.05"));
            host.Journal.Misbehaviour[order[0] + " stop"] = token => how switch
            {
                Stop.Throw => throw new InvalidOperationException("the test wants it to fail"),
                Stop.Hang => Task.Delay(Timeout.Infinite, CancellationToken.None),
                _ => Task.CompletedTask,
            };
            var before = host.Manager.GetStatus();
            for (var i = 0; i < count; i++)
            {
                await host.Manager.StopServiceAsync(order[i], Token);
                Assert.All(before.Zip(host.Manager.GetStatus()), pair =>
                {
                    var (was, now) = pair;
                    var isStopped = order[..(i + 1)].Contains(was.Service);
                    Assert.Equal(isStopped ? was with { State = PortState.Released, Port = null, AllocatedAt = null } : was, now);
                    Assert.True(FreePorts.Becomes(was.Port!.Value, isStopped));
                    Assert.Equal(isStopped, host.Log.Entries.Contains((LogLevel.Information, 10, $"{was.Name} has released port {was.Port}")));
                });
            }

            await host.Manager.StartServiceAsync(order[0], Token);
            Assert.All(host.Manager.GetStatus().Where(s => s.Service == order[0]), static s => Assert.Equal(PortState.Serving, s.State));
            await host.Host.StopAsync(Token);
            Assert.All(host.Manager.GetStatus(), static s => Assert.Equal((PortState.Released, null, null), (s.State, s.Port, s.AllocatedAt)));
            Assert.All(Enumerable.Range(host.Range.First, host.Range.Count), static n => Assert.True(FreePorts.BecomesFree(n)));
        }, iter: 100, threads: 1);

    private static IEnumerable<string> Lines(IReadOnlyList<PortStatus> ports) => ports.Select(static p => $"{p.Name} serves on port {p.Port}").Order();

    private static PortDefinition Port(Declared kind, string name, int first) => new(name)
    {
        Port = kind is Declared.Exact or Declared.Range ? first : 0,
        Range = kind is Declared.Range or Declared.NoPreference ? new PortRange(first, first + 2) : null,
    };
}
