using System.Diagnostics;
using CsCheck;
using PortGen.Instances;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>Whom force restart ends, and above all whom it doesn't.</summary>
public sealed class EarlierInstancesTests
{
    private const int EndingLogged = 32;

    private static readonly string[] s_victims = ["sleep", "same name elsewhere", "same name elsewhere, said to be the other", "another user's"];

    public static TheoryData<string> Faults => [.. InstanceFault.All.Select(static f => f.Name)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_proven_instance_is_ended(bool usesDescriptors)
    {
        using var stage = new InstanceStage { Processes = new(new LinuxProcessTable(usesDescriptors: usesDescriptors)) };
        stage.Occupy(stage.Ports.First);
        var sleep = stage.StartSleep();
        var path = stage.Write(stage.RecordOf(sleep));
        var clock = Stopwatch.StartNew();
        await stage.EndAsync(cancellationToken: TestContext.Current.CancellationToken);

        // Its port is given a while to become free.
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(1));
        stage.AssertGone(sleep);
        Assert.Equal(128 + 15, sleep.ExitCode);
        Assert.False(File.Exists(path));
        Assert.Contains(stage.Log.Entries, static e => e.Id == EndingLogged);
        Assert.Contains(stage.Log.Entries, static e => e.Id == 37);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task One_fault_is_enough_to_be_left_alone(string fault)
    {
        Assert.SkipWhen(InstanceFault.Named(fault).NeedsRoot && !InstanceStage.IsRoot, "only root can give files away");
        await AssertLeftAloneAsync("sleep", [fault], 17);
    }

    [Fact]
    public async Task A_same_named_program_or_another_user_s_is_left_alone_without_any_fault_of_the_file()
    {
        await AssertLeftAloneAsync(s_victims[2], [], 0);
        if (InstanceStage.IsRoot)
        {
            await AssertLeftAloneAsync(s_victims[3], [], 0);
        }
    }

    [Fact]
    public void Force_restart_never_signals_a_process_not_proven_ours()
    {
        var faults = InstanceFault.All.Where(static f => InstanceStage.IsRoot || !f.NeedsRoot).Select(static f => f.Name).ToArray();
        var victims = InstanceStage.IsRoot ? s_victims : s_victims[..3];
        Gen.Select(Gen.Int[0, victims.Length - 1].Select(i => victims[i]), Gen.Int[0, faults.Length - 1].Select(i => faults[i]).Array[1, 3], Gen.Int[1, 500])
            .Sample((victim, chosen, n) => AssertLeftAloneAsync(victim, [.. chosen.Distinct()], n).GetAwaiter().GetResult(), iter: LongTests.Count(100, 100, 200), threads: 1);
    }

    [Fact]
    public async Task A_process_that_holds_nothing_of_ours_is_not_ended()
    {
        // As in a network namespace of its own: its record has the number, and yet the number is free.
        using var stage = new InstanceStage();
        var sleep = stage.StartSleep();
        stage.Write(stage.RecordOf(sleep));
        await stage.EndAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(sleep.HasExited);
        Assert.Contains(stage.Log.Entries, static e => e.Id == 36);
    }

    [Fact]
    public async Task A_process_whose_id_is_used_again_after_it_was_found_is_not_signalled()
    {
        using var stage = new InstanceStage();
        stage.Occupy(stage.Ports.First);
        var (first, unrelated) = (stage.StartSleep(), stage.StartSleep());
        stage.Write(stage.RecordOf(first));

        // The id now leads to another process: the proof must come after the process is held.
        stage.Processes.OnOpen = id =>
        {
            first.Kill();
            first.WaitForExit();
            return new LinuxProcessTable().Open(unrelated.Id);
        };
        await stage.EndAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(unrelated.HasExited);
        Assert.DoesNotContain(stage.Log.Entries, static e => e.Id == EndingLogged);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_hangs_is_killed_and_the_ports_are_free(bool usesDescriptors)
    {
        using var stage = new InstanceStage { Processes = new(new LinuxProcessTable(usesDescriptors: usesDescriptors)) };
        var holder = await StartHolderAsync(stage, "never");
        stage.Write(stage.RecordOf(holder));
        await stage.EndAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        Assert.True(FreePorts.BecomesFree(stage.Ports.First));
        stage.AssertGone(holder);
        Assert.Equal(128 + 9, holder.ExitCode);
        Assert.Equal([32, 33, 34], stage.Log.Entries.Select(static e => e.Id));
        Assert.Empty(stage.FileNames);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_wait_can_be_given_up(bool usesDescriptors)
    {
        using var stage = new InstanceStage { Processes = new(new LinuxProcessTable(usesDescriptors: usesDescriptors)) };
        var holder = await StartHolderAsync(stage, "never");
        stage.Write(stage.RecordOf(holder));
        using var stop = new CancellationTokenSource();
        var ending = stage.EndAsync(TimeSpan.FromHours(1), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ending.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.False(holder.HasExited);
    }

    [Fact]
    public async Task An_instance_with_other_ports_besides_is_ended_and_only_those_of_the_plan_are_waited_for()
    {
        using var stage = new InstanceStage();
        var (holder, other) = (await StartHolderAsync(stage, "now"), FreePorts.Block(1).First);
        stage.Occupy(other);
        stage.Write(stage.RecordOf(holder) with { Ports = [stage.Ports.Last, other, stage.Ports.First] });
        await stage.EndAsync(Plans.Of(Manifests.Of(Manifests.Port("other", FreePorts.Block(1).First), Manifests.Port("web", stage.Ports.First, stage.Ports))), TestContext.Current.CancellationToken);
        stage.AssertGone(holder);
        Assert.Equal(0, holder.ExitCode);
        var ports = string.Join(", ", new[] { stage.Ports.First, stage.Ports.Last, other }.Order());
        Assert.Equal(
            [$"Ending the earlier instance, pid {holder.Id}, which holds {ports}; waiting for it for up to 10 s", $"The earlier instance, pid {holder.Id}, has ended; {ports} are free"],
            stage.Log.Entries.Select(static e => e.Text));
    }

    [Fact]
    public async Task A_process_that_became_another_program_instead_of_ending_is_not_killed()
    {
        using var stage = new InstanceStage();
        stage.Occupy(stage.Ports.First);
        var shell = stage.Start("bash", "-c", "trap 'kill $!; exec sleep 600' TERM; sleep 600 & echo ready; wait");
        Assert.Equal("ready", await shell.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        var path = stage.Write(stage.RecordOf(shell));
        stage.Processes.OnOpen = id => new Changing(new LinuxProcessTable().Open(id), () => new LinuxProcessTable().Read(id).Facts!.Executable!.EndsWith("/sleep", StringComparison.Ordinal));
        await stage.EndAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(shell.HasExited);
        Assert.Contains(stage.Log.Entries, e => e.Id == 35 && e.Text == $"Pid {shell.Id}, said to be an earlier instance that holds {stage.Ports.First}, is left alone: the process runs another program");
        Assert.DoesNotContain(stage.Log.Entries, static e => e.Id is 33 or 34 or 37);

        // It lives, and may well be ours.
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task One_that_sits_on_a_fallback_only_is_named_and_stays()
    {
        using var stage = new InstanceStage();
        stage.Occupy(stage.Ports.First);
        stage.Occupy(stage.Ports.Last);
        var (first, second) = (stage.StartSleep(), stage.StartSleep());
        stage.Write(stage.RecordOf(first));
        stage.Write(stage.RecordOf(second) with { Ports = [stage.Ports.Last] });
        await stage.EndAsync(cancellationToken: TestContext.Current.CancellationToken);
        stage.AssertGone(first);
        Assert.False(second.HasExited);
        Assert.Equal(
            $"Other instances of this application keep running, because they hold no port that this start prefers: pid {second.Id} with {stage.Ports.Last}",
            stage.Log.Entries.Single(static e => e.Id == 38).Text);
    }

    [Fact]
    public async Task Without_a_preferred_port_the_first_of_the_range_is_wanted_first()
    {
        using var stage = new InstanceStage();
        stage.Occupy(stage.Ports.First);
        stage.Occupy(stage.Ports.Last);
        var (first, second) = (stage.StartSleep(), stage.StartSleep());
        stage.Write(stage.RecordOf(first));
        stage.Write(stage.RecordOf(second) with { Ports = [stage.Ports.Last] });
        await stage.EndAsync(Plans.Of(Manifests.Of(Manifests.Port("web", 0, stage.Ports))), TestContext.Current.CancellationToken);
        stage.AssertGone(first);
        Assert.False(second.HasExited);
    }

    [Theory]
    [InlineData(true, InstanceRecord.Starting, true)]
    [InlineData(true, InstanceRecord.Running, true)]
    [InlineData(true, InstanceRecord.Stopping, false)]
    [InlineData(false, InstanceRecord.Running, false)]
    public async Task Of_two_force_restarts_the_one_that_began_first_gives_way_even_if_its_turn_comes_last(bool forceRestart, string state, bool givesWay)
    {
        using var stage = new InstanceStage { Processes = { OwnStartTime = 0 } };
        stage.Occupy(stage.Ports.First);
        var later = stage.StartSleep();
        stage.Write(stage.RecordOf(later) with { ForceRestart = forceRestart, State = state });
        var e = await Record.ExceptionAsync(() => stage.EndAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(givesWay, e is InstanceSupersededException);
        Assert.Equal(givesWay, stage.Log.Entries.Any(static e => e.Id == 40));
        if (!givesWay)
        {
            stage.AssertGone(later);
        }

        // Somebody else's turn.
        await stage.EndAsync(Plans.Of(Manifests.Of()), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Without_a_range_there_is_nothing_to_be_in_the_way_of()
    {
        using var stage = new InstanceStage();
        stage.Occupy(stage.Ports.First);
        var sleep = stage.StartSleep();
        stage.Write(stage.RecordOf(sleep));
        await stage.EndAsync(Plans.Of(Manifests.Of(Manifests.Port("any", 0))), TestContext.Current.CancellationToken);
        Assert.False(sleep.HasExited);
        Assert.Equal($"No earlier instance of this application holds one of its ports; looked for /stage/Stage in {stage.Files}", stage.Log.Entries.Single(static e => e.Id == 36).Text);
    }

    [Theory]
    [InlineData("terminate", "Operation not permitted")]
    [InlineData("kill", "Operation not permitted")]
    [InlineData("stay", "still there 5 s after it was killed")]
    public async Task What_can_t_be_ended_fails_the_start_with_PG3003(string when, string reason)
    {
        using var stage = new InstanceStage();
        stage.Occupy(stage.Ports.First);
        var sleep = stage.StartSleep();
        stage.Write(stage.RecordOf(sleep));
        stage.Processes.OnOpen = _ => new Unyielding(when);
        var e = await Assert.ThrowsAsync<PortUnavailableException>(() => stage.EndAsync(TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.StartsWith($"PG3003: Earlier instance Stage (pid {sleep.Id}), which holds {stage.Ports.First}, could not be ended: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    private static async Task AssertLeftAloneAsync(string kind, string[] faults, int number)
    {
        using var stage = new InstanceStage();
        stage.Occupy(stage.Ports.First);
        var victim = StartVictim(stage, kind);
        var fraud = new Fraud(stage, stage.RecordOf(victim));
        if (kind == s_victims[2])
        {
            fraud.Record = fraud.Record with { Executable = "/usr/bin/sleep" };
        }

        foreach (var fault in faults)
        {
            InstanceFault.Named(fault).Apply(fraud);
        }

        var path = stage.Write(fraud.Record);
        if (fraud.Content is { } content)
        {
            File.WriteAllBytes(path, content(fraud.Record, number));
        }

        fraud.AfterWrite(path);
        await stage.EndAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        Assert.False(victim.HasExited, $"{kind} was ended in spite of: {string.Join(", ", faults)}");
        Assert.DoesNotContain(stage.Log.Entries, static e => e.Id == EndingLogged);
    }

    private static Process StartVictim(InstanceStage stage, string kind)
    {
        if (kind == s_victims[3])
        {
            var process = stage.Start("setpriv", "--reuid=65534", "--clear-groups", "sleep", "600");
            Assert.True(SpinWait.SpinUntil(() => new LinuxProcessTable().Read(process.Id).Facts is { Owner: InstanceStage.Nobody, Executable: { } e } && e.EndsWith("sleep", StringComparison.Ordinal), 10_000));
            return process;
        }

        if (kind == s_victims[0])
        {
            return stage.StartSleep();
        }

        var folder = Directory.CreateDirectory(Path.Combine(stage.Root, "elsewhere")).FullName;
        File.Copy("/bin/sleep", Path.Combine(folder, "sleep"));
        return stage.StartSleep(Path.Combine(folder, "sleep"));
    }

    private static async Task<Process> StartHolderAsync(InstanceStage stage, string stop)
    {
        var holder = stage.Start(AppProcess.TestAppPath, "hold", stage.Ports.First.ToString(System.Globalization.CultureInfo.InvariantCulture), stop);
        Assert.Equal("holding", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return holder;
    }

    /// <summary>A process whose wait is over once something is so.</summary>
    private sealed class Changing(ProcessHandle process, Func<bool> isSo) : ProcessHandle
    {
        public override string? Terminate() => process.Terminate();

        public override string? Kill() => process.Kill();

        public override Task<bool> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken)
        {
            Assert.True(SpinWait.SpinUntil(isSo, TimeSpan.FromSeconds(30)));
            return Task.FromResult(false);
        }

        public override void Dispose() => process.Dispose();
    }

    private sealed class Unyielding(string when) : ProcessHandle
    {
        public override string? Terminate() => when == "terminate" ? "Operation not permitted" : null;

        public override string? Kill() => when == "kill" ? "Operation not permitted" : null;

        public override Task<bool> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken) => Task.FromResult(false);

        public override void Dispose()
        {
        }
    }
}
