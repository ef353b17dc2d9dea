using System.Collections.Concurrent;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>R4: what is left of a start that did not come to its end.</summary>
public sealed class R4_RollbackTests
{
    private static readonly Gen<Role> s_role = Gen.Select(
        Gen.Frequency((20, Gen.Const(Start.Ready)), (2, Gen.Const(Start.Throw)), (2, Gen.Const(Start.Wait)), (1, Gen.Const(Start.Hang)), (1, Gen.Const(Start.Abort)), (1, Gen.Const(Start.Stop))),
        Gen.Frequency((12, Gen.Const(Stop.Clean)), (3, Gen.Const(Stop.Throw)), (1, Gen.Const(Stop.Hang))),
        Gen.Int[0, 3].Select(static i => i != 0)).Select(static (start, stop, required) => new Role(start, stop, required));

    // Ready at once, an exception, ready when it is given up, never; or somebody else ends the start meanwhile: the caller, or a signal.
    private enum Start
    {
        Ready,
        Throw,
        Wait,
        Hang,
        Abort,
        Stop,
    }

    private enum Stop
    {
        Clean,
        Throw,
        Hang,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_After_a_failed_start_nothing_is_left() =>
        await Gen.Select(ServiceGraph.Gen, s_role.Array[12]).SampleAsync(static async (graph, roles) =>
        {
            var ports = graph.Ports.Select((p, i) => p with { Required = roles[i].Required }).ToList();
            await using var host = ScriptedHost.Build(ports, graph.Needs, ("Ports:StartTimeout", "0.2"), ("Ports:StopTimeout", "0.05"));
            var served = new ConcurrentDictionary<string, bool>();
            host.Host.Services.GetRequiredService<PortRegistry>().Changed += (_, s) => _ = s.State == PortState.Serving && served.TryAdd(s.Name, true);
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
            foreach (var wave in graph.ByDepth)
            {
                var ready = wave.Where(i => roles[i].Start == Start.Ready).ToList();
                foreach (var i in wave)
                {
                    host.Journal.Misbehaviour[$"s{i} start"] = token => StartAsync(roles[i], host, cancellation, token, () => ready.TrueForAll(r => served.ContainsKey($"s{r}")));
                    host.Journal.Misbehaviour[$"s{i} stop"] = _ => StopAsync(roles[i]);
                }
            }

            var failure = await host.StartAsync(cancellation.Token);
            if (failure is null)
            {
                Assert.Single(host.InstanceFiles);

                // Those that it goes on without hold nothing either.
                Assert.All(host.Ports, static p => Assert.Equal(p.State == PortState.Serving, p.Port is not null));
                Assert.All(graph.Ports, p => Assert.True(FreePorts.Becomes(p.Port, !served.ContainsKey(p.Name))));
                await host.Host.StopAsync(Token);
                await ((IAsyncDisposable)host.Host).DisposeAsync();
            }
            else
            {
                Assert.True(failure is PortServiceStartException or OperationCanceledException, failure.ToString());
            }

            AssertRolledBack(graph, roles, host, [.. served.Keys]);
            Assert.True(graph.AreAllFree);
            Assert.Empty(host.InstanceFiles);
        }, iter: 100, threads: 1);

    private static void AssertRolledBack(ServiceGraph graph, Role[] roles, ScriptedHost host, HashSet<string> served)
    {
        var journal = host.Journal.Entries.ToList();
        for (var i = 0; i < graph.Count; i++)
        {
            // Whoever had started is stopped once; whoever had not, because it failed or was given up, is not, but disposed of like all. Who ends the
            // start of all becomes ready just then, perhaps too late to be shown: it is stopped all the same.
            var stops = journal.Count(e => e == $"s{i} stops");
            Assert.InRange(stops, served.Contains($"s{i}") ? 1 : 0, served.Contains($"s{i}") || roles[i].Start is Start.Abort or Start.Stop ? 1 : 0);
            Assert.Single(journal, $"s{i} disposed");
            Assert.InRange(journal.IndexOf($"s{i} stops"), -1, journal.IndexOf($"s{i} disposed"));

            // In reverse: whoever needs another has stopped before that one is told to.
            Assert.All(graph.Needs[i].Where(n => served.Contains($"s{i}") && served.Contains($"s{n}")), n => Assert.InRange(End(i), 0, journal.IndexOf($"s{n} stops")));
        }

        // One that hangs or throws, or takes too long on a busy machine, is gone on without.
        int End(int i) => journal.IndexOf(
            host.Log.Entries.Any(e => e.Id == 12 && e.Text.StartsWith($"s{i} ", StringComparison.Ordinal)) ? $"s{i} stops" : $"s{i} stopped");
    }

    private static async Task StartAsync(Role role, ScriptedHost host, CancellationTokenSource cancellation, CancellationToken token, Func<bool> othersServe)
    {
        if (role.Start is Start.Throw or Start.Abort or Start.Stop)
        {
            // Otherwise it were chance whether there is anything to roll back in its own wave.
            await Task.Run(() => SpinWait.SpinUntil(() => token.IsCancellationRequested || othersServe(), TimeSpan.FromSeconds(20)), CancellationToken.None);
        }

        switch (role.Start)
        {
            case Start.Throw:
                throw new InvalidOperationException("the test wants it to fail");
            case Start.Wait:
                await Task.Delay(Timeout.Infinite, token);
                break;
            case Start.Hang:
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                break;
            case Start.Abort:
                await cancellation.CancelAsync();
                break;
            case Start.Stop:
                host.Host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
                break;
        }
    }

    private static Task StopAsync(Role role) => role.Stop switch
    {
        Stop.Throw => throw new InvalidOperationException("the test wants it to fail"),
        Stop.Hang => Task.Delay(Timeout.Infinite, CancellationToken.None),
        _ => Task.CompletedTask,
    };

    private sealed record Role(Start Start, Stop Stop, bool Required);
}
