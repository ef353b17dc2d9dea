using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>R4: the order of things when an application starts, on random graphs of up to twelve services.</summary>
public sealed class R4_StartupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P16_Every_required_port_is_held_before_any_service_starts() =>
        await Gen.Select(ServiceGraph.Gen, Gen.Bool.Array[12], Gen.Bool).SampleAsync(static async (graph, occupied, hasMore) =>
        {
            var others = graph.Ports.Where((_, i) => occupied[i]).Select(static p => FreePorts.Occupy(p.Port)).ToList();
            var more = FreePorts.Block(1).First;
            List<PortDefinition> ports = [.. graph.Ports, .. hasMore ? [new PortDefinition("more") { Service = $"s{graph.Count - 1}", Port = more }] : (PortDefinition[])[]];
            await using var host = ScriptedHost.Build(ports, graph.Needs);
            var lacking = new ConcurrentQueue<string>();
            for (var i = 0; i < graph.Count; i++)
            {
                host.Journal.Misbehaviour[$"s{i} start"] = _ => Task.Run(() => Look(host, ports, lacking), Token);
            }

            Assert.Null(await host.StartAsync(Token));
            Assert.Empty(lacking);
            Assert.Equal(graph.Count, host.Journal.Entries.Count(static e => e.EndsWith(" started", StringComparison.Ordinal)));
            Assert.All(graph.Ports.Select((p, i) => p.Port + (occupied[i] ? 1 : 0)).Zip(host.Ports.Where(static p => p.Name == p.Service)), static p => Assert.Equal(p.First, p.Second.Port));
            others.ForEach(static o => o.Dispose());
        }, iter: 100, threads: 1);

    [Fact]
    public async Task P17_If_one_port_is_not_to_be_had_none_is_kept() =>
        await Gen.Select(ServiceGraph.Gen, Gen.Int[0, 3].Array[12], Gen.Int[0, 11], Gen.OneOf("0", "0.05")).SampleAsync(static async (graph, kinds, victim, patience) =>
        {
            // Of each service nothing, the preferred port, or everything is in use; of one at least everything.
            kinds[victim % graph.Count] = 3;
            var others = graph.Ports.SelectMany((p, i) => kinds[i] switch { < 2 => [], 2 => [p.Port], _ => (int[])[p.Port, p.Port + 1] }).ToDictionary(static n => n, FreePorts.Occupy);
            await using var host = ScriptedHost.Build(graph.Ports, graph.Needs, ("Ports:BindTimeout", patience));
            var failure = Assert.IsType<PortUnavailableException>(await host.StartAsync(Token));
            for (var i = 0; i < graph.Count; i++)
            {
                // The two ports read as one unless the search for their holders ran out of time between them.
                var range = graph.Ports[i].Range;
                var isNamed = failure.Message.Contains($"PG3001: No port available for 's{i}': all 2 ports of {range} on localhost were tried; {range?.First}", StringComparison.Ordinal);

                // Between two rounds a process that another test starts may have a copy of what the first let go of.
                Assert.True(isNamed == (kinds[i] == 3) || (isNamed && patience != "0"), failure.Message);
            }

            Assert.DoesNotContain(host.Journal.Entries, static e => !e.EndsWith(" disposed", StringComparison.Ordinal));
            Assert.All(Enumerable.Range(graph.Block.First, graph.Block.Count), n => Assert.True(FreePorts.Becomes(n, !others.ContainsKey(n))));
            Assert.Empty(host.InstanceFiles);
            foreach (var other in others.Values)
            {
                other.Dispose();
            }
        }, iter: 100, threads: 1);

    [Fact]
    public async Task P18_Services_start_in_dependency_order() =>
        await ServiceGraph.Gen.SampleAsync(static async graph =>
        {
            await using var host = ScriptedHost.Build(graph.Ports, graph.Needs, ("Ports:StartTimeout", "20"));
            foreach (var wave in graph.ByDepth)
            {
                // Nobody goes on before all that could have started have: those that wait for each other in vain run into the timeout.
                var (missing, all) = (wave.Count(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                foreach (var service in wave)
                {
                    host.Journal.Misbehaviour[$"s{service} start"] = token =>
                    {
                        if (Interlocked.Decrement(ref missing) == 0)
                        {
                            all.SetResult();
                        }

                        return all.Task.WaitAsync(token);
                    };
                }
            }

            Assert.Null(await host.StartAsync(Token));
            await host.Host.StopAsync(Token);
            var journal = host.Journal.Entries.ToList();
            for (var i = 0; i < graph.Count; i++)
            {
                Assert.Single(journal, $"s{i} starts");
                Assert.All(graph.Needs[i], n => Assert.InRange(journal.IndexOf($"s{n} started"), 0, journal.IndexOf($"s{i} starts")));
                Assert.All(graph.Needs[i], n => Assert.InRange(journal.IndexOf($"s{i} stopped"), 0, journal.IndexOf($"s{n} stops")));
            }
        }, iter: 100, threads: 1);

    [Fact]
    public async Task P19_A_failed_start_names_the_service_and_the_reason() =>
        await Gen.Select(ServiceGraph.Gen, Gen.Int[1, (1 << 12) - 1], Gen.Int[0, 9]).SampleAsync(static async (graph, failing, how) =>
        {
            await using var host = ScriptedHost.Build(graph.Ports, graph.Needs, ("Ports:StartTimeout", how == 0 ? "0.3" : "20"));

            // All that fail are of one wave, and they fail together. The first one gives the others' starts up: whoever of them is done by then is named too.
            var wave = graph.ByDepth[failing % graph.ByDepth.Count].ToList();
            var victims = wave.Where(i => (failing & (1 << i)) != 0).DefaultIfEmpty(wave[0]).ToList();
            using var together = new Barrier(victims.Count);
            foreach (var victim in victims)
            {
                host.Journal.Misbehaviour[$"s{victim} start"] = how switch
                {
                    0 => static token => Task.Delay(Timeout.Infinite, CancellationToken.None),
                    1 => static _ => throw new TaskCanceledException("its own patience has an end"),
                    _ => _ => Task.Factory.StartNew(() => FailTogether(together, victim), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default),
                };
            }

            var failure = Assert.IsType<PortServiceStartException>(await host.StartAsync(Token));
            var named = victims.Select(static v => $"s{v}").Order(StringComparer.Ordinal).ToList();
            Assert.NotEmpty(failure.Services);
            Assert.All(failure.Services, s => Assert.Contains(s, named));
            Assert.Equal(
                failure.Services.Select(s => $"PG3002: Service '{s}' failed to start: " + how switch
                {
                    0 => "it was not ready after 0.3 s (Ports:StartTimeout)",
                    1 => "its own patience has an end",
                    _ => $"{s} is unwell",
                }),
                failure.Message.Split('\n'));
            Assert.Equal($"The application failed to start: {failure.Message}", Assert.Single(host.Log.Entries, static e => e is { Level: LogLevel.Error, Id: 42 }).Text);
            Assert.True(graph.AreAllFree);
        }, iter: 100, threads: 1);

    private static void FailTogether(Barrier together, int victim)
    {
        together.SignalAndWait(TimeSpan.FromSeconds(15));
        throw new InvalidOperationException($"s{victim} is unwell");
    }

    // From inside a service that starts: nobody else could have any of the ports, and each of them takes clients.
    private static void Look(ScriptedHost host, List<PortDefinition> ports, ConcurrentQueue<string> lacking)
    {
        foreach (var port in ports)
        {
            var status = host.Manager.GetPort(port.Name);
            if (status.Port is not { } number || status.State is not (PortState.Bound or PortState.Serving)
                || !FreePorts.IsRefused(IPAddress.Loopback, number) || !FreePorts.IsRefused(IPAddress.IPv6Loopback, number))
            {
                lacking.Enqueue(status.ToString());
                continue;
            }

            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, number);
        }
    }
}
