using System.Globalization;
using PortGen.Instances;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>Processes as Linux shows them, and how they are waited for.</summary>
public sealed class LinuxProcessTests
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
        Assert.Equal(0, LinuxCalls.Signal(zombie, 9));
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
    public void Numbers_that_mean_many_processes_are_nobody_s() =>
        Assert.All([0, -1, int.MinValue], static id => Assert.Equal(LinuxCalls.NoSuchProcess, LinuxCalls.Signal(id, 0)));

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
        Assert.False(sleep.HasExited);

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
        Assert.Equal(InvalidArgument, LinuxCalls.Signal(sleep.Id, NoSuchSignal));
        Assert.Equal(InvalidArgument, LinuxCalls.Signal(descriptor!, NoSuchSignal));
        Assert.Equal(0, LinuxCalls.Signal(descriptor!, 0));
    }
}
