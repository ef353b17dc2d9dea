using System.Diagnostics;
using System.Globalization;
using CsCheck;
using PortGen.Tests.Instances;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>R5: development.</summary>
public sealed class R5_DevelopmentTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task P21_Development_picks_ports_from_the_base_ports() =>
        await Gen.Select(Gen.OneOf("Development", "Production"), Gen.Int[-1, 3], Gen.Int[-1, 5], Gen.OneOf(-1, 12, 13), Gen.OneOf(-1, -1, 20), Gen.Int[0, 3])
            .SampleAsync(static async (environment, above, declaredBase, configuredBase, configuredPort, occupied) =>
            {
                // The attribute: a port alone or a range; a base port inside the range, outside, or none. The configuration: a base port, a port.
                var block = FreePorts.Block(30);
                int? At(int offset) => offset < 0 ? null : block.First + offset;
                var declared = new PortDefinition("web") { Port = block.First, Range = above < 0 ? null : new PortRange(block.First, block.First + above), DevelopmentPort = At(declaredBase) };
                string?[] args = [$"--environment={environment}", "--Ports:BindTimeout=0", Option("DevelopmentPort", At(configuredBase)), Option("Port", At(configuredPort))];
                var start = environment == "Development" ? At(configuredBase) ?? (configuredPort < 0 ? At(declaredBase) : null) : null;
                var expected = Expected(declared, start, At(configuredPort));

                var others = Enumerable.Range(expected.Preferred, occupied).Select(FreePorts.Occupy).ToList();
                var upwards = Enumerable.Range(expected.Preferred, expected.Range.Last - expected.Preferred + 1).Concat(Enumerable.Range(expected.Range.First, expected.Preferred - expected.Range.First));
                var actual = upwards.FirstOrDefault(n => n < expected.Preferred || n >= expected.Preferred + occupied);
                using var folder = new TemporaryFolder();
                try
                {
                    await using var host = await RunningHost.StartAsync(Manifests.Of(declared), folder, [.. args.OfType<string>()]);
                    Assert.Equal((expected.Preferred, actual), (host.Ports[0].PreferredPort, host.Ports[0].Port));
                }
                catch (PortUnavailableException)
                {
                    Assert.Equal(0, actual);
                }

                others.ForEach(static o => o.Dispose());
            }, iter: 100, threads: 1);

    [Fact]
    public async Task P22_Development_binds_with_shorter_timeouts()
    {
        Gen.Select(Gen.OneOf("Development", "Production", "Staging"), Gen.OneOf<string?>(null, null, "0", "0.5", "7"), Gen.Int[1, 3]).Sample(static (environment, configured, count) =>
        {
            var manifest = Manifests.Of([.. Enumerable.Range(0, count).Select(static i => new PortDefinition($"s{i}") { Port = 9100 + i, DevelopmentPort = 9200 + i })]);
            var plan = Plans.Of(manifest, environment, new Dictionary<string, string?> { ["Ports:BindTimeout"] = configured });
            var isDevelopment = environment == "Development";
            Assert.Equal(configured is null ? (isDevelopment ? 2 : 5) : double.Parse(configured, CultureInfo.InvariantCulture), plan.BindTimeout.TotalSeconds);
            Assert.Equal(isDevelopment ? 3 : 10, plan.RestartTimeout.TotalSeconds);
        }, iter: 100, threads: 1);

        // Side by side on a port that is in use: when one gives up, the other still tries, and gets the port once it is free.
        var port = FreePorts.Block(1).First;
        using var other = FreePorts.Occupy(port);
        using var folder = new TemporaryFolder();
        var clock = Stopwatch.StartNew();
        var production = RunningHost.StartAsync(Manifests.Of(new PortDefinition("web") { Port = port }), folder);
        await Assert.ThrowsAsync<PortUnavailableException>(
            () => RunningHost.StartAsync(Manifests.Of(new PortDefinition("web") { Port = port }), folder, "--environment=Development"));
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(1.9), $"{clock.Elapsed}");
        Assert.False(production.IsCompleted);
        other.Dispose();
        await using var host = await production;
        Assert.Equal(port, host.Ports[0].Port);
    }

    // A process that stops at once, takes its time, or must be killed; whatever it does, afterwards it is gone and its ports are free.
    [Fact]
    public void P23_Force_restart_waits_for_the_cleanup() =>
        Gen.Select(Gen.Int[-1, 8], Gen.Int[1, 3]).Sample(
            static (slowness, count) => AssertCleanAfterwardsAsync(slowness, count).GetAwaiter().GetResult(), iter: LongTests.Count(30, 100, 100), threads: 1);

    private static string? Option(string setting, int? value) => value is { } number ? $"--Ports:web:{setting}={number}" : null;

    // A base port comes before all; a range that doesn't have it moves there. A port that somebody configures is meant exactly.
    private static (int Preferred, PortRange Range) Expected(PortDefinition declared, int? start, int? configured)
    {
        var (preferred, range) = (start ?? configured ?? declared.Port, declared.Range ?? new PortRange(declared.Port, declared.Port));
        return start is null && configured is not null ? (preferred, new PortRange(preferred, preferred))
            : (preferred, range.Contains(preferred) ? range : new PortRange(preferred, preferred + range.Count - 1));
    }

    private static async Task AssertCleanAfterwardsAsync(int slowness, int count)
    {
        using var stage = new InstanceStage();
        var ports = Enumerable.Range(stage.Ports.First, count).ToList();
        var (stop, patience) = slowness < 0 ? ("never", TimeSpan.FromMilliseconds(20)) : ((slowness * 15).ToString(CultureInfo.InvariantCulture), s_patience);
        var holder = stage.Start(AppProcess.TestAppPath, "hold", string.Join(',', ports), stop);
        Assert.Equal("holding", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        stage.Write(stage.RecordOf(holder) with { Ports = ports });

        await stage.EndAsync(patience, TestContext.Current.CancellationToken);
        Assert.All(ports, static p => Assert.True(FreePorts.BecomesFree(p)));
        stage.AssertGone(holder);
        Assert.Equal(slowness < 0 ? 128 + 9 : 0, holder.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(stage.Files, "*.json"));
    }
}
