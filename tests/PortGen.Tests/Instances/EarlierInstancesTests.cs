using System.Diagnostics;
using CsCheck;
using PortGen.Instances;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>Whom force restart ends, and above all whom it doesn't.</summary>
public sealed class EarlierInstancesTests
{
    private const int EndingLogged = 32;

    // Each alone makes a record that would otherwise be proof enough no proof, or a file that nobody may trust.
    private static readonly (string Name, bool NeedsRoot, Action<Fraud> Apply)[] s_faults =
    [
        ("recycled id, earlier start", false, static f => f.Record = f.Record with { StartTime = f.Record.StartTime - 1 }),
        ("recycled id, later start", false, static f => f.Record = f.Record with { StartTime = f.Record.StartTime + 7 }),
        ("another boot", false, static f => f.Record = f.Record with { BootId = Guid.NewGuid().ToString() }),
        ("another pid namespace", false, static f => f.Record = f.Record with { PidNamespace = "pid:[1]" }),
        ("another executable", false, static f => f.Record = f.Record with { Executable = "/usr/bin/dotnet" }),
        ("another application", false, static f => f.Record = f.Record with { Application = "Other" }),
        ("another checkout", false, static f => f.Record = f.Record with { ContentRoot = "/elsewhere" }),
        ("ports of no interest", false, static f => f.Record = f.Record with { Ports = [f.Stage.Ports.Last + 1] }),
        ("started after us", false, static f => f.Stage.Processes.OwnStartTime = 0),
        ("a process group", false, static f => f.Content = static (r, _) => (r with { ProcessId = -r.ProcessId }).ToJson()),
        ("everybody", false, static f => f.Content = static (r, _) => (r with { ProcessId = -1 }).ToJson()),
        ("the caller's group", false, static f => f.Content = static (r, _) => (r with { ProcessId = 0 }).ToJson()),
        ("a name for another process", false, static f => f.Content = static (r, _) => (r with { ProcessId = r.ProcessId + 1 }).ToJson()),
        ("cut off", false, static f => f.Content = static (r, n) => r.ToJson()[..(n % r.ToJson().Length)]),
        ("empty values", false, static f => f.Content = static (_, _) => "{\"application\":null,\"ports\":null}"u8.ToArray()),
        ("garbage", false, static f => f.Content = static (_, n) => [.. Enumerable.Range(0, n).Select(static i => (byte)(i * 7))]),
        ("huge", false, static f => f.Content = static (r, _) => [.. r.ToJson(), .. Enumerable.Repeat((byte)' ', 70_000)]),
        ("open to others", false, static f => f.AfterWrite += static path => File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite)),
        ("a symbolic link", false, static f => f.AfterWrite += path => MoveAndLink(path, Path.Combine(f.Stage.Root, "linked.json"))),
        ("a pipe", false, static f => f.AfterWrite += path =>
        {
            File.Delete(path);
            f.Stage.Start("mkfifo", path).WaitForExit();
        }),
        ("a folder behind a link", false, static f => f.AfterWrite += _ => MoveAndLink(f.Stage.Files, Path.Combine(f.Stage.Root, "linked"))),
        ("an open folder", false, static f => f.AfterWrite += _ => File.SetUnixFileMode(f.Stage.Files, (UnixFileMode)0b111_000_111)),
        ("an unreadable /proc", false, static f => f.Stage.Processes = new(new LinuxProcessTable(f.Stage.Root))),
        ("a /proc that hides it", false, static f => f.Stage.Processes = new(new LinuxProcessTable(HidingProc(f.Stage.Root)))),
        ("a foreign file", true, static f => f.AfterWrite += static path =>
        {
            if (File.Exists(path))
            {
                InstanceStage.Chown(path);
            }
        }),
        ("a foreign folder", true, static f => f.AfterWrite += _ => InstanceStage.Chown(f.Stage.Files)),
    ];

    private static readonly string[] s_victims = ["sleep", "same name elsewhere", "same name elsewhere, said to be the other", "another user's"];

    public static TheoryData<string> Faults => [.. s_faults.Select(static f => f.Name)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_proven_instance_is_ended(bool usesDescriptors)
    {
        using var stage = new InstanceStage { Processes = new(new LinuxProcessTable(usesDescriptors: usesDescriptors)) };
        stage.Occupy(stage.Ports.First);
        var sleep = stage.StartSleep();
        var path = stage.Write(stage.RecordOf(sleep));
        await stage.EndAsync(cancellationToken: TestContext.Current.CancellationToken);
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
        Assert.SkipWhen(s_faults.Single(f => f.Name == fault).NeedsRoot && !InstanceStage.IsRoot, "only root can give files away");
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
        var faults = s_faults.Where(static f => InstanceStage.IsRoot || !f.NeedsRoot).Select(static f => f.Name).ToArray();
        var victims = InstanceStage.IsRoot ? s_victims : s_victims[..3];
        Gen.Select(Gen.Int[0, victims.Length - 1].Select(i => victims[i]), Gen.Int[0, faults.Length - 1].Select(i => faults[i]).Array[1, 3], Gen.Int[1, 500])
            .Sample((victim, chosen, n) => AssertLeftAloneAsync(victim, [.. chosen.Distinct()], n).GetAwaiter().GetResult(), iter: LongTests.Count(25, 200), threads: 1);
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
        Assert.True(FreePorts.IsFree(stage.Ports.First));
        stage.AssertGone(holder);
        Assert.Equal(128 + 9, holder.ExitCode);
        Assert.Equal([32, 33, 34], stage.Log.Entries.Select(static e => e.Id));
        Assert.Empty(Directory.EnumerateFiles(stage.Files));
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
            s_faults.Single(f => f.Name == fault).Apply(fraud);
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

    private static void MoveAndLink(string path, string target)
    {
        if (Directory.Exists(path))
        {
            Directory.Move(path, target);
            Directory.CreateSymbolicLink(path, target);
        }
        else if (File.Exists(path))
        {
            File.Move(path, target);
            File.CreateSymbolicLink(path, target);
        }
    }

    // What a mount of /proc with hidepid shows to another user: itself, and nothing of the victim.
    private static string HidingProc(string root)
    {
        var proc = Directory.CreateDirectory(Path.Combine(root, "proc")).FullName;
        var self = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        File.CreateSymbolicLink(Path.Combine(proc, "self"), self);
        Directory.CreateSymbolicLink(Path.Combine(proc, self), "/proc/" + self);
        Directory.CreateSymbolicLink(Path.Combine(proc, "sys"), "/proc/sys");
        return proc;
    }

    private sealed class Fraud(InstanceStage stage, InstanceRecord record)
    {
        public InstanceStage Stage { get; } = stage;

        public InstanceRecord Record { get; set; } = record;

        public Func<InstanceRecord, int, byte[]>? Content { get; set; }

        public Action<string> AfterWrite { get; set; } = static _ => { };
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
