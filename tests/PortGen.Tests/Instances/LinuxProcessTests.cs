using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Platform.Portable;
using PortGen.Platform.Unix;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>Processes as Linux shows them, and how they are waited for.</summary>
public sealed partial class LinuxProcessTests
{
    private static readonly LinuxProcessTable s_table = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_zombie_is_gone()
    {
        using var stage = new InstanceStage();

        // The parent becomes a program that never asks for its child.
        var parent = stage.Start("sh", "-c", "sleep 600 & echo $!; exec sleep 600");
        var zombie = int.Parse(parent.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => s_table.Read(parent.Id).Facts!.Executable!.EndsWith("/sleep", StringComparison.Ordinal), TimeSpan.FromSeconds(30)));
        Assert.Equal(0, UnixCalls.Signal(zombie, 9));
        Assert.True(SpinWait.SpinUntil(() => s_table.Read(zombie).IsGone, TimeSpan.FromSeconds(30)));
        Assert.True(Directory.Exists($"/proc/{zombie}"));
        Assert.Null(s_table.Read(zombie).Facts);
    }

    [Fact]
    public void This_system_is_told_apart_from_others()
    {
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").TrimEnd('\n'), s_table.BootId);
        Assert.Equal(new FileInfo("/proc/self/ns/pid").LinkTarget, s_table.PidNamespace);
        Assert.IsType<LinuxProcessTable>(ProcessTable.System);
    }

    [Theory]
    [InlineData("2147483647", "shows the processes of another namespace, or none")]
    [InlineData(null, "shows the processes of another namespace, or none")]
    [InlineData("self", "/self/ns/pid can't be read")]
    public void A_proc_that_shows_other_processes_proves_nothing(string? self, string reason)
    {
        using var proc = new TemporaryFolder();
        if (self is not null)
        {
            File.CreateSymbolicLink(Path.Combine(proc.Path, "self"), self == "self" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : self);
        }

        var e = Assert.Throws<IOException>(() => new LinuxProcessTable(proc.Path).PidNamespace);
        Assert.StartsWith(proc.Path, e.Message, StringComparison.Ordinal);
        Assert.EndsWith(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_can_t_be_read_is_there_all_the_same()
    {
        using var proc = new TemporaryFolder();
        using var stage = new InstanceStage();
        var (sleep, ended) = (stage.StartSleep(), stage.Start("true"));
        ended.WaitForExit();
        var table = new LinuxProcessTable(proc.Path);
        Assert.Equal(new ProcessReading(null, IsGone: false), table.Read(sleep.Id));
        Assert.Equal(new ProcessReading(null, IsGone: true), table.Read(ended.Id));

        // Its folder is there and says nothing.
        Directory.CreateDirectory(Path.Combine(proc.Path, sleep.Id.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(new ProcessReading(null, IsGone: false), table.Read(sleep.Id));
    }

    [Fact]
    public void Numbers_that_mean_many_processes_are_nobody_s()
    {
        Assert.SkipUnless(InstanceStage.IsRoot, "only root may signal process 1");
        Assert.Equal([3, 3, 3, 0], ((int[])[0, -1, int.MinValue, 1]).Select(static id => UnixCalls.Signal(id, 0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_wait_for_an_end_takes_as_long_as_it_may(bool usesDescriptor)
    {
        using var stage = new InstanceStage();
        var sleep = stage.StartSleep();
        using var handle = new LinuxProcessHandle(s_table, sleep.Id, usesDescriptor);
        Assert.False(await handle.WaitForExitAsync(TimeSpan.Zero, Token));
        Assert.False(await handle.WaitForExitAsync(TimeSpan.FromMilliseconds(120), Token));
        var wait = handle.WaitForExitAsync(TimeSpan.FromHours(1), Token);
        Assert.Null(handle.Kill());
        Assert.True(await wait.WaitAsync(TimeSpan.FromMinutes(1), Token));
        sleep.WaitForExit();
        Assert.Null(handle.Terminate());
        Assert.True(await handle.WaitForExitAsync(TimeSpan.Zero, Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_that_was_gone_before_is_not_signalled_and_not_waited_for(bool usesDescriptor)
    {
        using var stage = new InstanceStage();
        var ended = stage.Start("true");
        ended.WaitForExit();
        using var handle = new LinuxProcessHandle(s_table, ended.Id, usesDescriptor);
        Assert.Null(handle.Terminate());
        Assert.Null(handle.Kill());
        Assert.True(await handle.WaitForExitAsync(TimeSpan.FromHours(1), Token).WaitAsync(TimeSpan.FromMinutes(1), Token));
    }

    [Fact]
    public async Task Without_descriptors_a_process_of_the_same_id_that_started_at_another_time_is_another()
    {
        using var proc = new TemporaryFolder();
        using var stage = new InstanceStage();
        var sleep = stage.StartSleep();
        var folder = Directory.CreateDirectory(Path.Combine(proc.Path, sleep.Id.ToString(CultureInfo.InvariantCulture))).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "exe"), "/bin/sleep");
        WriteStartTime(100);
        using var handle = new LinuxProcessTable(proc.Path, usesDescriptors: false).Open(sleep.Id);
        Assert.False(await handle.WaitForExitAsync(TimeSpan.Zero, Token));
        WriteStartTime(200);
        Assert.Null(handle.Kill());
        Assert.True(await handle.WaitForExitAsync(TimeSpan.FromHours(1), Token).WaitAsync(TimeSpan.FromMinutes(1), Token));
        Assert.Equal(0, UnixCalls.Signal(sleep.Id, 15));
        sleep.WaitForExit();
        Assert.Equal(128 + 15, sleep.ExitCode);

        void WriteStartTime(int ticks) => File.WriteAllText(Path.Combine(folder, "stat"), $"1 (a) b) S {string.Join(' ', Enumerable.Repeat("0", 18))} {ticks} 0 0\n");
    }

    [Fact]
    public void A_signal_that_the_system_refuses_comes_back_as_its_errno()
    {
        const int NoSuchSignal = 65;
        const int InvalidArgument = 22;
        using var stage = new InstanceStage();
        var sleep = stage.StartSleep();
        using var descriptor = LinuxCalls.OpenProcess(sleep.Id, out var error);
        Assert.Equal(0, error);
        Assert.Equal(InvalidArgument, UnixCalls.Signal(sleep.Id, NoSuchSignal));
        Assert.Equal(InvalidArgument, LinuxCalls.Signal(descriptor!, NoSuchSignal));
        Assert.Equal(0, LinuxCalls.Signal(descriptor!, 0));
    }

    [Fact]
    public void A_descriptor_means_the_process_that_it_was_opened_for_though_its_id_is_used_again()
    {
        Assert.SkipUnless(InstanceStage.IsRoot, "only root can choose the id of the next process");
        using var stage = new InstanceStage();
        var first = stage.StartSleep();
        using var handle = new LinuxProcessHandle(s_table, first.Id, usesDescriptor: true);
        first.Kill();
        first.WaitForExit();

        // Any thread of the machine may be quicker.
        Process? second = null;
        for (var tries = 0; second?.Id != first.Id && tries < 200; tries++)
        {
            second?.Kill();
            File.WriteAllText("/proc/sys/kernel/ns_last_pid", (first.Id - 1).ToString(CultureInfo.InvariantCulture));
            second = stage.StartSleep();
        }

        Assert.SkipUnless(second!.Id == first.Id, "others were quicker each time");
        Assert.Null(handle.Kill());
        Assert.Equal(0, UnixCalls.Signal(second.Id, 15));
        second.WaitForExit();
        Assert.Equal(128 + 15, second.ExitCode);
    }

    [Theory]
    [InlineData("descriptor")]
    [InlineData("id")]
    [InlineData("portable")]
    public void What_may_not_be_signalled_says_so(string way)
    {
        Assert.SkipUnless(InstanceStage.IsRoot, "only root can have processes of another user");
        using var stage = new InstanceStage();
        var process = stage.Start("setpriv", "--reuid=65534", "--clear-groups", "sleep", "600");
        Assert.True(SpinWait.SpinUntil(() => s_table.Read(process.Id).Facts is { Owner: InstanceStage.Nobody, Executable: { } e } && e.EndsWith("/sleep", StringComparison.Ordinal), TimeSpan.FromSeconds(30)));
        using ProcessHandle handle = way == "portable" ? new PortableProcessHandle(process.Id) : new LinuxProcessHandle(s_table, process.Id, usesDescriptor: way == "descriptor");
        List<string?> refusals = [];
        ProcessReading? reading = null;
        OwnThread.Run(() =>
        {
            OwnNetwork.DropRights();
            refusals.AddRange(handle.Terminate(), handle.Kill());
            reading = new PortableProcessTable().Read(process.Id);
        });
        Assert.All(refusals, static r => Assert.Contains("Operation not permitted", r, StringComparison.Ordinal));
        Assert.False(reading!.IsGone);
        Assert.False(process.HasExited);
    }

    [Fact]
    public async Task A_wait_goes_on_after_a_signal_and_ends_with_the_alarm()
    {
        using var stage = new InstanceStage();
        using var process = LinuxCalls.OpenProcess(stage.StartSleep().Id, out _);
        using var alarm = LinuxCalls.CreateEvent();
        Assert.NotNull(process);
        Assert.NotNull(alarm);
        using var handler = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, static _ => { });
        const int WindowChanged = 28;
        var id = 0;
        var wait = Task.Factory.StartNew(
            () =>
            {
                Volatile.Write(ref id, ThreadId());
                return LinuxCalls.WaitReadable(process, alarm, TimeSpan.FromHours(1));
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Assert.True(SpinWait.SpinUntil(() => id != 0 && File.ReadAllText($"/proc/self/task/{id}/stat").Contains(") S ", StringComparison.Ordinal), TimeSpan.FromSeconds(30)));
        for (var i = 0; i < 3; i++)
        {
            var sleeps = Sleeps(id);
            Assert.Equal(0, SignalThread(Environment.ProcessId, id, WindowChanged));
            Assert.True(SpinWait.SpinUntil(() => wait.IsCompleted || Sleeps(id) > sleeps, TimeSpan.FromSeconds(30)));
            Assert.False(wait.IsCompleted);
        }

        RandomAccess.Write(alarm, [1, 0, 0, 0, 0, 0, 0, 0], 0);
        Assert.False(await wait.WaitAsync(TimeSpan.FromMinutes(1), Token));
    }

    [Fact]
    public void What_is_opened_is_not_inherited_by_a_program_that_is_started()
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", "");
        using var file = LinuxCalls.OpenFile(Path.Combine(folder.Path, "file"), out var error);
        Assert.Equal(0, error);
        using var directory = LinuxCalls.OpenDirectory(folder.Path, out error);
        Assert.Equal(0, error);
        const int CloseOnExec = 0x80000;
        Assert.All([file!, directory!], static h => Assert.NotEqual(0, Flags(h) & CloseOnExec));
        Assert.Null(LinuxCalls.OpenFile(Path.Combine(folder.Path, "missing"), out error));
        Assert.Equal(2, error);
        using var ended = Process.Start("true");
        ended.WaitForExit();
        Assert.Null(LinuxCalls.OpenProcess(ended.Id, out error));
        Assert.Equal(UnixCalls.NoSuchProcess, error);
    }

    [Theory]
    [InlineData("dotnet\0build\0", null)]
    [InlineData("dotnet\0exec\0X.DLL\0Y.dll\0", "X.DLL")]
    [InlineData("X.dll\0", null)]
    public void Of_a_dotnet_host_the_first_assembly_is_its_own(string commandLine, string? assembly)
    {
        using var proc = new TemporaryFolder();
        var folder = Directory.CreateDirectory(Path.Combine(proc.Path, "4711")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "exe"), "/usr/bin/dotnet");
        File.WriteAllText(Path.Combine(folder, "stat"), $"1 (dotnet) S {string.Join(' ', Enumerable.Repeat("0", 18))} 5 0 0\n");
        File.WriteAllText(Path.Combine(folder, "cmdline"), commandLine);
        Assert.Equal(new ProcessFacts(5, UnixCalls.User, "/usr/bin/dotnet", assembly), new LinuxProcessTable(proc.Path).Read(4711).Facts);
    }

    private static int Flags(SafeFileHandle handle)
    {
        var line = File.ReadLines($"/proc/self/fdinfo/{handle.DangerousGetHandle()}").First(static l => l.StartsWith("flags:", StringComparison.Ordinal));
        return Convert.ToInt32(line["flags:".Length..].Trim(), 8);
    }

    // How often a thread of this process has gone to sleep by itself (proc(5)).
    private static long Sleeps(int threadId)
    {
        var line = File.ReadLines($"/proc/self/task/{threadId}/status").First(static l => l.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal));
        return long.Parse(line["voluntary_ctxt_switches:".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int SignalThread(int processId, int threadId, int signal);
}
