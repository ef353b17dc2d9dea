using System.Diagnostics;
using System.Globalization;
using PortGen.Instances;
using PortGen.Tests.Instances;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>Force restart with real instances of one application: five ports, each with a range of two of which the first is preferred.</summary>
public sealed class ForceRestartTests : IDisposable
{
    private static readonly string[] s_names = ["first", "second", "third", "spare", "metrics"];

    private readonly PortRange _ports = FreePorts.Block(15);
    private readonly TemporaryFolder _runtime = new();

    [Fact]
    public async Task A_second_instance_ends_the_first_and_gets_its_ports()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync("--force-restart", "--Ports:StopTimeout", "4");
        Assert.Equal(0, await first.WaitForExitAsync());
        AssertPreferred(second);
        Assert.Contains($"Ending the earlier instance, pid {first.Id}", second.Output, StringComparison.Ordinal);
        Assert.Contains($"The earlier instance, pid {first.Id}, has ended", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warn: ", second.Output, StringComparison.Ordinal);
        Assert.Equal([second.Id], Files().Select(static r => r.ProcessId));
        await StopAsync(second);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task Without_it_or_with_it_switched_off_the_second_falls_back()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync("--force-restart=false");
        await second.WaitForAsync($"first holds port {_ports.First + 1} ");
        Assert.Equal(Enumerable.Range(0, 5).Select(i => _ports.First + (i * 3) + 1).Order(), Files().Single(r => r.ProcessId == second.Id).Ports.Order());

        // The third finds two earlier ones, one on each port of each range.
        await using var third = await StartAsync("--force-restart");
        Assert.Equal((0, 0), (await first.WaitForExitAsync(), await second.WaitForExitAsync()));
        AssertPreferred(third);
    }

    [Fact]
    public async Task An_instance_that_hangs_while_it_stops_is_killed()
    {
        await using var first = await StartAsync("--Test:second:Stop=hang", "--Ports:StopTimeout=60");
        var clock = Stopwatch.StartNew();
        await using var second = await StartAsync("--force-restart", "--environment=Development");
        Assert.Equal(128 + 9, await first.WaitForExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(1));
        Assert.Contains($"The earlier instance, pid {first.Id}, did not stop within 3 s; killing it", second.Output, StringComparison.Ordinal);
        AssertPreferred(second);
        Assert.Equal([second.Id], Files().Select(static r => r.ProcessId));
    }

    [Fact]
    public async Task Another_checkout_is_another_application()
    {
        using var checkout = new TemporaryFolder();
        await using var first = await StartAsync("--contentRoot=" + checkout.Path);
        await using var second = await StartAsync("--force-restart");
        await second.WaitForAsync($"first falls back to port {_ports.First + 1}");
        Assert.Contains("No earlier instance of this application holds one of its ports", second.Output, StringComparison.Ordinal);
        await StopAsync(first);
    }

    [Fact]
    public async Task Of_two_that_restart_at_once_the_later_one_stays()
    {
        await using var first = await StartAsync();
        await using var second = Start("--force-restart");
        await using var third = Start("--force-restart");

        // Both ask it to stop, and the second signal may come when it is through and listens no more.
        Assert.Contains(await first.WaitForExitAsync(), (int[])[0, 128 + 15]);
        await third.WaitForAsync("Application started");

        // The second either was ended by the third, or had not yet bound when the third looked; it never ended the third.
        await Task.WhenAny(second.WaitForAsync("Application started"), second.WaitForExitAsync());
        Assert.False(third.Output.Contains("shutting down", StringComparison.Ordinal), second.Output + third.Output);
        await StopAsync(third);
    }

    [Fact]
    public async Task A_signal_while_it_waits_ends_it_with_0_and_leaves_the_other_alone()
    {
        await using var first = await StartAsync("--Test:second:Stop=hang", "--Ports:StopTimeout=60");
        await using var second = Start("--force-restart");
        await second.WaitForAsync("Ending the earlier instance");
        second.Signal(15);
        Assert.Equal(0, await second.WaitForExitAsync());
        Assert.DoesNotContain("killing", second.Output, StringComparison.Ordinal);
        first.Signal(9);
    }

    [Fact]
    public async Task A_killed_instance_s_file_is_cleared_away_by_the_next_start()
    {
        await using var first = await StartAsync();
        first.Signal(9);
        await first.WaitForExitAsync();
        Assert.Equal([first.Id], Files().Select(static r => r.ProcessId));
        await using var second = await StartAsync();
        await second.WaitForAsync("is removed: the process has ended");
        Assert.Equal([second.Id], Files().Select(static r => r.ProcessId));
        AssertPreferred(second);
    }

    [Fact]
    public async Task A_process_that_proc_hides_is_left_alone_and_the_service_falls_back()
    {
        Assert.SkipUnless(InstanceStage.IsRoot && AppProcess.CanUnshare(), "another user and a mount of /proc are needed, which only root has");

        // Root's; the file about it is then given to the other user, to whom /proc shows nothing of it.
        await using var first = await StartAsync();
        InstanceStage.Chown(_runtime.Path);
        Directory.GetFileSystemEntries(_runtime.Path, "*", SearchOption.AllDirectories).ToList().ForEach(InstanceStage.Chown);

        string[] program = [AppProcess.TestAppPath, .. Arguments("--force-restart")];
        await using var second = AppProcess.Program(
            "unshare",
            ["--mount", "sh", "-c", "mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"", "sh", .. program],
            ("XDG_RUNTIME_DIR", _runtime.Path), ("TMPDIR", _runtime.Path));
        await second.WaitForAsync($"first holds port {_ports.First + 1} ");
        Assert.Contains($"Pid {first.Id}, said to be an earlier instance that holds", second.Output, StringComparison.Ordinal);
        Assert.Contains("the system doesn't show that process", second.Output, StringComparison.Ordinal);
        await StopAsync(first);
    }

    public void Dispose() => _runtime.Dispose();

    private async Task<AppProcess> StartAsync(params string[] args)
    {
        var app = Start(args);
        await app.WaitForAsync("Application started");
        return app;
    }

    private AppProcess Start(params string[] args) => AppProcess.TestApp(Arguments(args), ("XDG_RUNTIME_DIR", _runtime.Path));

    private string[] Arguments(params string[] args) =>
        [
            .. args,
            .. s_names.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"--Ports:{name}:Range={_ports.First + (i * 3)}-{_ports.First + (i * 3) + 2}")),
            .. s_names.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"--Ports:{name}:Port={_ports.First + (i * 3)}")),
        ];

    private static async Task StopAsync(AppProcess app)
    {
        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
    }

    private List<InstanceRecord> Files() =>
        [.. Directory.GetFiles(Path.Combine(_runtime.Path, "portgen")).Select(static p => InstanceRecord.Parse(File.ReadAllBytes(p))!)];

    private void AssertPreferred(AppProcess app)
    {
        for (var i = 0; i < s_names.Length; i++)
        {
            Assert.Contains($"{s_names[i]} serves on port {_ports.First + (i * 3)}", app.Output, StringComparison.Ordinal);
        }
    }
}
