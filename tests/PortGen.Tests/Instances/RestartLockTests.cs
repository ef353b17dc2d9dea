using System.Diagnostics;
using PortGen.Configuration;
using PortGen.Instances;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>One start with force restart after the other.</summary>
public sealed class RestartLockTests
{
    private const int WaitingLogged = 39;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_one_waits_says_for_whom_and_then_has_its_turn()
    {
        using var stage = new InstanceStage();
        var first = (await stage.Instances.LockAsync(stage.Plan(), Token))!;
        var second = stage.Instances.LockAsync(stage.Plan(), Token);
        Assert.True(SpinWait.SpinUntil(() => stage.Log.Entries.Any(static e => e.Id == WaitingLogged), TimeSpan.FromSeconds(30)));
        Assert.False(second.IsCompleted);
        var told = Assert.Single(stage.Log.Entries).Text;
        Assert.Equal($"Another start with force restart (pid {Environment.ProcessId}) is under way; waiting for it for up to {LimitOf(stage.Plan()).TotalSeconds} s", told);
        first.Dispose();
        (await second.WaitAsync(TimeSpan.FromSeconds(30), Token))!.Dispose();
        Assert.Single(Directory.GetFiles(stage.Files, "*.lock"));
    }

    [Fact]
    public async Task Another_application_has_a_lock_of_its_own()
    {
        using var stage = new InstanceStage();
        using var first = await stage.Instances.LockAsync(stage.Plan(), Token);
        using var other = await stage.Instances.For("other").LockAsync(stage.Plan(), Token);
        Assert.Empty(stage.Log.Entries);
    }

    [Fact]
    public async Task The_wait_can_be_given_up()
    {
        using var stage = new InstanceStage();
        using var first = await stage.Instances.LockAsync(stage.Plan(), Token);
        using var stop = new CancellationTokenSource();
        var second = stage.Instances.LockAsync(stage.Plan(), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(TimeSpan.FromSeconds(10), Token));
    }

    [Fact]
    public async Task Who_has_it_for_longer_than_any_start_may_take_fails_the_next_one_with_PG3003()
    {
        LongTests.SkipUnlessMiddle();
        using var stage = new InstanceStage();
        var plan = stage.Plan(TimeSpan.Zero) with { StartTimeout = TimeSpan.Zero, BindTimeout = TimeSpan.Zero };
        using var first = await stage.Instances.LockAsync(plan, Token);
        var clock = Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<PortUnavailableException>(() => stage.Instances.LockAsync(plan, Token));
        Assert.InRange(clock.Elapsed, LimitOf(plan), LimitOf(plan) + TimeSpan.FromSeconds(20));
        var path = Assert.Single(Directory.GetFiles(stage.Files, "*.lock"));
        Assert.StartsWith(
            $"PG3003: Earlier instance Stage (pid {Environment.ProcessId}), which holds the lock for a restart ({path}), could not be ended: its own restart was still under way after 6 s.", e.Message, StringComparison.Ordinal);

        // At once, and again after 5 s.
        Assert.Equal(2, stage.Log.Entries.Count(static e => e.Id == WaitingLogged));
    }

    [Fact]
    public async Task Two_that_have_one_folder_in_common_wait_for_each_other_and_not_in_a_circle()
    {
        using var stage = new InstanceStage();
        string[] paths = [.. Enumerable.Range(0, 3).Select(i => Path.Combine(stage.Root, $"folder{i}"))];
        var (first, second) = (Of(paths[1], paths[0]), Of(paths[2], paths[1]));
        for (var i = 0; i < 20; i++)
        {
            var inside = 0;
            await Task.WhenAll(((InstanceDirectory[])[first, second, Of(paths[0], paths[1], paths[2])]).Select(d => Task.Run(async () =>
            {
                using var turn = await d.LockAsync(stage.Plan(), Token);
                Assert.Equal(1, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }))).WaitAsync(TimeSpan.FromSeconds(30), Token);
        }

        InstanceDirectory Of(params string[] folders) =>
            new(new("Stage", "/stage/Stage"), stage.Processes, () => new PrivateFolders([.. folders.Select(static f => new LinuxPrivateFolder(f))]), stage.Log);
    }

    [Fact]
    public async Task Where_there_can_be_no_lock_there_is_a_warning()
    {
        using var stage = new InstanceStage();
        using (await stage.Instances.LockAsync(stage.Plan(), Token))
        {
        }

        var path = Assert.Single(Directory.GetFiles(stage.Files, "*.lock"));
        File.Delete(path);
        Directory.CreateDirectory(path);
        using var turn = await stage.Instances.LockAsync(stage.Plan(), Token);
        Assert.Equal($"Starts with force restart can't wait for each other, so two at the same moment may both stay: {path}: Is a directory", Assert.Single(stage.Log.Entries).Text);
        stage.Files = "/dev/null/none";
        Assert.Null(await stage.Instances.LockAsync(stage.Plan(), Token));
    }

    private static TimeSpan LimitOf(PortPlan plan) => EarlierInstances.LimitOf(plan) + plan.BindTimeout + plan.StartTimeout;
}
