using System.Diagnostics;
using PortGen.Platform;
using PortGen.Platform.Portable;

namespace PortGen.Tests.Instances;

/// <summary>What is for macOS and Windows works by .NET alone, so it works here too.</summary>
public sealed class PortableProcessTests
{
    private static readonly PortableProcessTable s_table = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_process_is_known_by_start_time_and_executable_alone()
    {
        var reading = s_table.Read(Environment.ProcessId);
        var started = Process.GetCurrentProcess().StartTime.ToUniversalTime().Ticks;
        Assert.Equal(new ProcessReading(new ProcessFacts(started, 0, Environment.ProcessPath, null), IsGone: false), reading);
        Assert.Equal(("", "", 0u), (s_table.BootId, s_table.PidNamespace, s_table.User));
    }

    [Fact]
    public void A_process_that_has_ended_is_gone()
    {
        using var stage = new InstanceStage();
        var process = stage.Start("true");
        process.WaitForExit();
        Assert.Equal(new ProcessReading(null, IsGone: true), s_table.Read(process.Id));
    }

    [Theory]
    [InlineData(false, 128 + 15)]
    [InlineData(true, 128 + 9)]
    public async Task A_process_is_ended_and_its_end_awaited(bool kills, int exitCode)
    {
        using var stage = new InstanceStage();
        var sleep = stage.StartSleep();
        using var handle = s_table.Open(sleep.Id);
        Assert.False(await handle.WaitForExitAsync(TimeSpan.FromMilliseconds(20), Token));
        Assert.Null(kills ? handle.Kill() : handle.Terminate());
        Assert.True(await handle.WaitForExitAsync(TimeSpan.FromMinutes(1), Token));
        stage.AssertGone(sleep);
        Assert.Equal(exitCode, sleep.ExitCode);
        Assert.Null(handle.Terminate());
        Assert.Null(handle.Kill());
    }

    [Fact]
    public async Task The_wait_for_the_end_can_be_given_up()
    {
        using var stage = new InstanceStage();
        using var handle = s_table.Open(stage.StartSleep().Id);
        using var stop = new CancellationTokenSource();
        var wait = handle.WaitForExitAsync(TimeSpan.FromHours(1), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(TimeSpan.FromMinutes(1), Token));
    }

    [Fact]
    public async Task Nothing_is_done_to_a_process_that_was_gone_before()
    {
        using var stage = new InstanceStage();
        var process = stage.Start("true");
        process.WaitForExit();
        using var handle = s_table.Open(process.Id);
        Assert.Null(handle.Terminate());
        Assert.Null(handle.Kill());
        Assert.True(await handle.WaitForExitAsync(TimeSpan.Zero, Token));
    }
}
