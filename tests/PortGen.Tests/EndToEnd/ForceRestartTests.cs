using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using PortGen.Instances;
using PortGen.Platform.Unix;
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

        // The third finds two earlier ones, one on each port of each range. Only the first is in its way.
        await using var third = await StartAsync("--force-restart");
        Assert.Equal(0, await first.WaitForExitAsync());
        Assert.Contains($"Other instances of this application keep running, because they hold no port that this start prefers: pid {second.Id} with ", third.Output, StringComparison.Ordinal);
        AssertPreferred(third);
        Assert.DoesNotContain("shutting down", second.Output, StringComparison.Ordinal);
        await StopAsync(second);
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
        await using var first = await StartCopyAsync(checkout.Path);
        await using var second = StartAnywhere(AppProcess.TestAppPath, "/", [], "--force-restart");
        await second.WaitForAsync($"first falls back to port {_ports.First + 1}");
        var folder = Path.GetDirectoryName(AppProcess.TestAppPath);
        Assert.Contains(
            $"No earlier instance of this application holds one of its ports; looked for {folder}/PortGen.TestApp in {_runtime.Path}/portgen, ", second.Output, StringComparison.Ordinal);
        await second.WaitForAsync("Application started");
        await StopAsync(first);
    }

    [Fact]
    public async Task The_application_is_the_same_whatever_the_working_folder_and_the_session()
    {
        LongTests.SkipUnlessMiddle();
        using var checkout = new TemporaryFolder();
        await using var first = await StartCopyAsync(checkout.Path);

        // Another folder for temporary files, no runtime directory, and by a link to the application.
        var link = Path.Combine(_runtime.Path, "current");
        Directory.CreateSymbolicLink(link, checkout.Path);
        await using var second = StartAnywhere(Path.Combine(link, "PortGen.TestApp"), "/usr", ["-u", "XDG_RUNTIME_DIR", "TMPDIR=" + _runtime.Path], "--force-restart");
        await second.WaitForAsync("Application started");
        Assert.Equal(0, await first.WaitForExitAsync());
        AssertPreferred(second);

        // And back, with a runtime directory that the second didn't know.
        await using var third = StartAnywhere(Path.Combine(checkout.Path, "PortGen.TestApp"), "/", [], "--force-restart");
        await third.WaitForAsync("Application started");
        Assert.Equal(0, await second.WaitForExitAsync());
        AssertPreferred(third);
    }

    [Fact]
    public async Task A_configured_name_makes_releases_in_folders_of_their_own_one_application()
    {
        using var release = new TemporaryFolder();
        await using var first = await StartCopyAsync(release.Path, "--Ports:Application=" + Path.GetFileName(_runtime.Path));
        await using var second = await StartAsync("--force-restart");
        Assert.Equal(0, await first.WaitForExitAsync());
        AssertPreferred(second);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(5, 0)]
    [InlineData(2, 100)]
    [InlineData(5, 100)]
    public async Task Of_starts_with_force_restart_at_once_or_in_a_chain_exactly_one_is_left_and_serves(int count, int milliseconds)
    {
        var rounds = milliseconds == 0 ? LongTests.Count(2, 10, 100) : LongTests.Count(1, 5, 50);
        var apps = new List<AppProcess> { await StartAsync() };
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < count; i++)
                {
                    // What switches .NET's own file locks off changes nothing.
                    await Task.Delay(i == 0 ? 0 : milliseconds, TestContext.Current.CancellationToken);
                    apps.Add(Start([("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", i == 0 ? "1" : "0")], "--force-restart"));
                }

                await AssertOneIsLeftAsync(apps, round);
            }

            await StopAsync(apps[0]);
        }
        finally
        {
            foreach (var app in apps)
            {
                await app.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData("--Test:second:Start=hang")]
    [InlineData("--Test:second:Start=block")]
    public async Task A_start_that_hangs_is_cured_by_the_next_one(string how)
    {
        await using var first = Start("--force-restart", how, "--Ports:StartTimeout=600");
        await first.WaitForAsync("second starting");
        Assert.Equal(InstanceRecord.Starting, Files().Single().State);
        await using var second = await StartAsync("--force-restart", "--environment=Development");
        Assert.Contains(await first.WaitForExitAsync(), (int[])[0, 128 + 9]);
        AssertPreferred(second);
        Assert.Equal((second.Id, true), Files().Select(static r => (r.ProcessId, r.ForceRestart)).Single());
        Assert.True(SpinWait.SpinUntil(() => Files().Single().State == InstanceRecord.Running, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_start_that_ends_a_hanging_one_keeps_the_next_waiting_which_says_so()
    {
        await using var first = await StartAsync("--Test:second:Stop=hang", "--Ports:StopTimeout=60");
        await using var second = Start("--force-restart", "--environment=Development");
        await second.WaitForAsync("Ending the earlier instance");
        await using var third = Start("--force-restart");
        await third.WaitForAsync($"Another start with force restart (pid {second.Id}) is under way");
        await third.WaitForAsync("Application started");
        Assert.Contains(await second.WaitForExitAsync(), (int[])[0, 128 + 15]);
        Assert.Equal(128 + 9, await first.WaitForExitAsync());
        AssertPreferred(third);
    }

    [Fact]
    public async Task Without_any_folder_an_ordinary_start_has_no_warning()
    {
        Assert.SkipUnless(AppProcess.CanUnshare(), "a mount is needed");
        Assert.SkipWhen(Directory.Exists($"/run/user/{UnixCalls.User}"), "there is another folder");

        // Only what is read-only: the application itself may be below /tmp. A name of its own, because other tests' applications leave records there.
        string[] readOnly = ["--mount", "sh", "-c", "mount --rbind /tmp /tmp && mount -o remount,bind,ro /tmp && exec \"$@\"", "sh", AppProcess.TestAppPath];
        await using var ordinary = AppProcess.Program("unshare", [.. readOnly, .. Arguments()], ("XDG_RUNTIME_DIR", ""), ("TMPDIR", "/tmp"), ("PORTGEN_APPLICATION", Path.GetFileName(_runtime.Path)));
        await ordinary.WaitForAsync("Application started");
        Assert.DoesNotContain("warn: ", ordinary.Output, StringComparison.Ordinal);
        Assert.Single(ordinary.Output.Split('\n'), static l => l.Contains("There is no instance file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_file_of_a_killed_container_in_a_shared_folder_is_cleared_away_and_that_of_a_living_one_stays()
    {
        Assert.SkipUnless(AppProcess.CanUnshare(), "namespaces are needed");
        (string, string)[] variables = [("XDG_RUNTIME_DIR", _runtime.Path), ("PORTGEN_APPLICATION", Path.GetFileName(_runtime.Path))];
        string[] container = ["--pid", "--fork", "--kill-child", "--mount-proc", "--net", AppProcess.TestAppPath, .. Arguments()];
        await using var killed = AppProcess.Program("unshare", container, variables);
        await using var living = AppProcess.Program("unshare", container, variables);
        await killed.WaitForAsync("Application started");
        await living.WaitForAsync("Application started");
        Assert.Equal(2, Files().Count);
        killed.SignalChild(9);
        await killed.WaitForExitAsync();
        await using var outside = await StartAsync("--force-restart");
        await outside.WaitForAsync("is removed: the process has ended in its pid namespace");
        Assert.Equal([1, outside.Id], Files().Select(static r => r.ProcessId).Order());
        Assert.DoesNotContain("shutting down", living.Output, StringComparison.Ordinal);
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
            ("XDG_RUNTIME_DIR", _runtime.Path), ("TMPDIR", _runtime.Path), ("PORTGEN_APPLICATION", Path.GetFileName(_runtime.Path)));
        await second.WaitForAsync($"first holds port {_ports.First + 1} ");
        Assert.Contains($"Pid {first.Id}, said to be an earlier instance that holds", second.Output, StringComparison.Ordinal);
        Assert.Contains("the system doesn't show that process", second.Output, StringComparison.Ordinal);
        await StopAsync(first);
    }

    public void Dispose()
    {
        // A lock is for ever, but this application isn't.
        File.Delete($"/tmp/portgen-{UnixCalls.User}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(_runtime.Path))))[..16]}.lock");
        _runtime.Dispose();
    }

    // All but one have ended, by themselves or because another ended them, and that one, the latest, serves where all wanted to. It alone stays in the list.
    private async Task AssertOneIsLeftAsync(List<AppProcess> apps, int round)
    {
        var ends = apps.ConvertAll(static a => a.WaitForExitAsync());
        for (var ended = new List<Task>(); ended.Count < apps.Count - 1;)
        {
            ended.Add(await Task.WhenAny(ends.Except(ended)));
            Assert.True(ended[^1].IsCompletedSuccessfully, $"Round {round}: {apps.Count(static a => !a.HasExited)} are left.\n" + Outputs(apps));
        }

        Assert.False(apps[^1].HasExited, $"Round {round}: the latest has ended.\n" + Outputs(apps));
        await apps[^1].WaitForAsync("Application started");
        AssertPreferred(apps[^1]);
        Assert.Equal("first", await AskAsync(_ports.First));

        // The others were told to stop; whoever gets a second signal when it is through ends by that.
        var codes = await Task.WhenAll(ends[..^1]);
        Assert.True(codes.All(static c => c is 0 or 128 + 15), $"Round {round}: {string.Join(", ", codes)}.\n" + Outputs(apps));
        while (apps.Count > 1)
        {
            await apps[0].DisposeAsync();
            apps.RemoveAt(0);
        }
    }

    private static string Outputs(List<AppProcess> apps) => string.Join("\n\n", apps.Select(static a => $"Pid {a.Id}:\n{a.Output}\n{a.Errors}"));

    private static async Task<string?> AskAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken);
    }

    // A checkout of its own, with the identity that the folder gives.
    private async Task<AppProcess> StartCopyAsync(string folder, params string[] args)
    {
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(AppProcess.TestAppPath)!))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        var app = StartAnywhere(Path.Combine(folder, "PortGen.TestApp"), folder, [], args);
        await app.WaitForAsync("Application started");
        return app;
    }

    private AppProcess StartAnywhere(string path, string workingFolder, string[] environment, params string[] args) => AppProcess.Program(
        "env", ["-C", workingFolder, .. environment, path, .. Arguments(args)], ("XDG_RUNTIME_DIR", _runtime.Path), ("PORTGEN_APPLICATION", ""));

    private async Task<AppProcess> StartAsync(params string[] args)
    {
        var app = Start(args);
        await app.WaitForAsync("Application started");
        return app;
    }

    private AppProcess Start(params string[] args) => Start([], args);

    // An application of each test's own: the instance files are also in folders that all tests share.
    private AppProcess Start((string, string)[] variables, params string[] args) =>
        AppProcess.TestApp(Arguments(args), [("XDG_RUNTIME_DIR", _runtime.Path), ("PORTGEN_APPLICATION", Path.GetFileName(_runtime.Path)), .. variables]);

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
        [.. Directory.GetFiles(Path.Combine(_runtime.Path, "portgen"), "*.json").Select(static p => InstanceRecord.Parse(File.ReadAllBytes(p))!)];

    private void AssertPreferred(AppProcess app)
    {
        for (var i = 0; i < s_names.Length; i++)
        {
            Assert.Contains($"{s_names[i]} serves on port {_ports.First + (i * 3)}", app.Output, StringComparison.Ordinal);
        }
    }
}
