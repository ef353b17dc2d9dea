using System.Globalization;
using CsCheck;
using PortGen.Tests.Instances;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>R5: development.</summary>
public sealed class R5_DevelopmentTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // A process that stops at once, takes its time, or must be killed; whatever it does, afterwards it is gone and its ports are free.
    [Fact]
    public void P23_Force_restart_waits_for_the_cleanup() =>
        Gen.Select(Gen.Int[-1, 8], Gen.Int[1, 3]).Sample(
            static (slowness, count) => AssertCleanAfterwardsAsync(slowness, count).GetAwaiter().GetResult(), iter: LongTests.Count(30, 100), threads: 1);

    private static async Task AssertCleanAfterwardsAsync(int slowness, int count)
    {
        using var stage = new InstanceStage();
        var ports = Enumerable.Range(stage.Ports.First, count).ToList();
        var (stop, patience) = slowness < 0 ? ("never", TimeSpan.FromMilliseconds(20)) : ((slowness * 15).ToString(CultureInfo.InvariantCulture), s_patience);
        var holder = stage.Start(AppProcess.TestAppPath, "hold", string.Join(',', ports), stop);
        Assert.Equal("holding", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        stage.Write(stage.RecordOf(holder) with { Ports = ports });

        await stage.EndAsync(patience, TestContext.Current.CancellationToken);
        Assert.All(ports, static p => Assert.True(FreePorts.IsFree(p)));
        stage.AssertGone(holder);
        Assert.Equal(slowness < 0 ? 128 + 9 : 0, holder.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(stage.Files));
    }
}
