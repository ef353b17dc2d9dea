using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>Starts that fail, hang or are interrupted, in a real process with real signals.</summary>
public sealed class StartupTests
{
    [Fact]
    public async Task A_start_that_throws_stops_what_ran_in_reverse_and_ends_with_70()
    {
        var (app, ports) = Start("--Test:second:Start=throw");
        await using var _ = app;
        Assert.Equal(70, await app.WaitForExitAsync());

        // Once, where a person looks, with the place in the application's code.
        Assert.StartsWith("PG3002: Service 'second' failed to start: the test wants second to fail\n   System.InvalidOperationException\n   at ", app.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("wants second", app.Output, StringComparison.Ordinal);
        Assert.Single(app.Errors.Split('\n'), static l => l.Contains("wants second", StringComparison.Ordinal));
        Assert.DoesNotContain("fail:", app.Output, StringComparison.Ordinal);
        AssertOrder(app.Output, "first started", "second starting", "first stopping", "first stopped", "first disposed");
        Assert.DoesNotContain("third starting", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("second stopping", app.Output, StringComparison.Ordinal);
        Assert.Contains("second disposed", app.Output, StringComparison.Ordinal);
        AssertFree(ports);
    }

    [Fact]
    public async Task A_start_that_fails_is_structured_where_a_machine_reads()
    {
        var (app, _) = Start("--Test:second:Start=throw", "--Logging:Console:FormatterName=json");
        await using var __ = app;
        Assert.Equal(70, await app.WaitForExitAsync());
        using var entry = JsonDocument.Parse(Assert.Single(app.Output.Split('\n'), static l => l.Contains("wants second", StringComparison.Ordinal)));
        Assert.Equal(42, entry.RootElement.GetProperty("EventId").GetInt32());
        Assert.Equal("Error", entry.RootElement.GetProperty("LogLevel").GetString());
        Assert.Equal("PG3002: Service 'second' failed to start: the test wants second to fail", entry.RootElement.GetProperty("State").GetProperty("Reason").GetString());
        Assert.Contains("   at ", entry.RootElement.GetProperty("Exception").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("PG3002: ", app.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_cannot_be_had_is_told_once_without_a_stack_trace()
    {
        var ports = FreePorts.Block(6);
        using var holder = FreePorts.Occupy(ports.First);
        await using var app = AppProcess.TestApp([.. Arguments(ports), "--Ports:BindTimeout=0"]);
        Assert.Equal(69, await app.WaitForExitAsync());
        Assert.Single(app.Errors.Split('\n'), static l => l.Contains("PG3001", StringComparison.Ordinal));
        Assert.DoesNotContain("PG3001", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Errors + app.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("block")]
    [InlineData("wait")]
    public async Task A_start_that_hangs_is_given_up_after_its_timeout(string how)
    {
        var (app, ports) = Start($"--Test:second:Start={how}", "--Ports:StartTimeout=0.5");
        await using var _ = app;
        Assert.Equal(70, await app.WaitForExitAsync());
        Assert.Contains("'second' failed to start: it was not ready after 0.5 s", app.Errors, StringComparison.Ordinal);
        AssertOrder(app.Output, "first started", "second starting", "first stopped");
        AssertFree(ports);
    }

    [Theory]
    [InlineData(15, "wait")]
    [InlineData(15, "hang")]
    [InlineData(2, "wait")]
    [InlineData(15, "grumble")]
    public async Task A_signal_during_the_start_rolls_back_and_ends_with_0(int signal, string how)
    {
        // If it waited for the start, or for the timeouts of start or stop, it would take more than the limit below.
        var (app, ports) = Start($"--Test:second:Start={how}", "--Ports:StartTimeout=600", "--Ports:StopTimeout=600");
        await using var _ = app;
        await app.WaitForAsync(how == "grumble" ? "second grumbles" : "second starting");
        var clock = Stopwatch.StartNew();
        app.Signal(signal);
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        AssertOrder(app.Output, "first started", "second starting", "first stopped");
        Assert.DoesNotContain("third starting", app.Output, StringComparison.Ordinal);

        // The end of the start is no error, so nothing has a stack trace. What a service throws at the signal itself the host logs, unless the process ends before.
        if (how != "grumble")
        {
            Assert.DoesNotContain("   at ", app.Errors + app.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("fail:", app.Output, StringComparison.Ordinal);
            Assert.Contains("info: PortGen[43]", app.Output, StringComparison.Ordinal);
        }

        Assert.Equal("", app.Errors);
        AssertFree(ports);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(2)]
    public async Task A_signal_before_the_host_is_built_ends_with_0(int signal)
    {
        var (app, ports) = Start("--Test:Configure=wait");
        await using var _ = app;
        await app.WaitForAsync("configuring");
        app.Signal(signal);
        app.WriteLine("go on");
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.DoesNotContain("first starting", app.Output, StringComparison.Ordinal);
        AssertFree(ports);
    }

    [Fact]
    public async Task Services_of_one_wave_start_side_by_side_and_one_that_fails_ends_the_others_start()
    {
        var (app, ports) = Start("--Test:first:Start=wait", "--Test:spare:Start=throw", "--Ports:spare:Required=true", "--Ports:StartTimeout=600");
        await using var _ = app;
        var clock = Stopwatch.StartNew();
        Assert.Equal(70, await app.WaitForExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(2));
        Assert.StartsWith("PG3002: Service 'spare' failed to start: the test wants spare to fail\n", app.Errors, StringComparison.Ordinal);
        AssertFree(ports);
    }

    [Fact]
    public async Task A_service_that_fails_while_another_still_starts_ends_the_start_with_70()
    {
        var (app, ports) = Start("--Test:first:Run=throw", "--Test:second:Start=wait");
        await using var _ = app;
        await app.WaitForAsync("second starting");
        using var client = new TcpClient("127.0.0.1", ports.First);
        Assert.Equal(70, await app.WaitForExitAsync());
        Assert.StartsWith("PG3005: Service 'first' failed", app.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Errors, StringComparison.Ordinal);
        AssertFree(ports);
    }

    [Fact]
    public async Task An_external_port_is_told()
    {
        var (app, ports) = Start("--Ports:first:ExternalPort=80");
        await using var _ = app;
        await app.WaitForAsync($"first serves on port {ports.First}, outside on port 80");
        await app.WaitForAsync($"metrics serves on port {ports.First + 4}");
    }

    [Fact]
    public async Task A_signal_while_binding_still_waits_for_a_port_ends_with_0()
    {
        var ports = FreePorts.Block(6);
        using var holder = FreePorts.Occupy(ports.First);
        await using var app = AppProcess.TestApp([.. Arguments(ports), "--Ports:BindTimeout=60"]);
        await app.WaitForAsync("trying again");
        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.DoesNotContain("starting", app.Output.Replace("Application is starting", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_stops_in_reverse_and_one_that_hangs_or_throws_holds_nobody_up()
    {
        var (app, ports) = Start("--Test:second:Stop=hang", "--Test:third:Stop=throw", "--Ports:StopTimeout=0.3");
        await using var _ = app;
        await app.WaitForAsync("Application started");
        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
        AssertOrder(app.Output, "third stopping", "second stopping", "first stopping", "first stopped");
        AssertFree(ports);
    }

    [Fact]
    public async Task More_signals_during_a_stop_change_nothing()
    {
        var (app, ports) = Start("--Test:second:Stop=hang", "--Ports:StopTimeout=1");
        await using var _ = app;
        await app.WaitForAsync("Application started");
        app.Signal(15);
        await app.WaitForAsync("second stopping");
        app.Signal(15);
        app.Signal(2);
        Assert.Equal(0, await app.WaitForExitAsync());
        AssertOrder(app.Output, "third stopped", "second stopping", "first stopped");
        AssertFree(ports);
    }

    [Fact]
    public async Task A_service_that_fails_once_it_runs_ends_the_application_with_70()
    {
        var (app, ports) = Start("--Test:second:Run=throw");
        await using var _ = app;
        var line = await app.WaitForAsync("second started on ");
        using var client = new TcpClient("127.0.0.1", int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        Assert.Equal(70, await app.WaitForExitAsync());
        Assert.Contains("'second'", app.Errors, StringComparison.Ordinal);
        Assert.Contains("the test wants second to fail", app.Errors, StringComparison.Ordinal);
        Assert.Contains("first stopped", app.Output, StringComparison.Ordinal);
        AssertFree(ports);
    }

    [Fact]
    public async Task A_dispose_that_throws_is_told_and_the_exit_code_stays()
    {
        var (app, ports) = Start("--Test:first:Dispose=throw");
        await using var _ = app;
        await app.WaitForAsync("Application started");
        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.Contains("A service could not be disposed: the test wants first to fail", app.Errors, StringComparison.Ordinal);
        AssertFree(ports);
    }

    [Fact]
    public async Task An_exit_code_that_the_application_has_set_is_kept()
    {
        var (app, _) = Start("--Test:ExitCode=3");
        await using var __ = app;
        await app.WaitForAsync("Application started");
        app.Signal(15);
        Assert.Equal(3, await app.WaitForExitAsync());
    }

    [Theory]
    [InlineData("--Ports:first:Port=80", 78)]
    [InlineData("--Test:second:Start=throw", 70)]
    public async Task Where_standard_error_is_full_the_exit_code_is_the_same(string mistake, int exitCode)
    {
        await using var app = AppProcess.Bash($"{AppProcess.TestAppPath} {string.Join(' ', Arguments(FreePorts.Block(6)))} {mistake} 2>/dev/full");
        Assert.Equal(exitCode, await app.WaitForExitAsync());
    }

    [Fact]
    public async Task A_second_interrupt_cuts_the_drain_short_and_a_second_SIGTERM_does_not()
    {
        var (app, ports) = Start("--Ports:DrainDelay=600");
        await using var _ = app;
        await app.WaitForAsync("Application started");
        app.Signal(2);
        await app.WaitForAsync("Draining for");
        app.Signal(15);
        app.Signal(2);
        Assert.Equal(0, await app.WaitForExitAsync());
        AssertFree(ports);

        var (other, _) = Start("--Ports:DrainDelay=2");
        await using var __ = other;
        await other.WaitForAsync("Application started");
        var clock = Stopwatch.StartNew();
        other.Signal(15);
        await other.WaitForAsync("Draining for");
        other.Signal(15);
        Assert.Equal(0, await other.WaitForExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5));
    }

    // Whenever the signal comes: before the host is built, while a service starts, or just when all is done.
    [Theory]
    [InlineData("configuring", "--Test:Configure=wait")]
    [InlineData("second starting", "--Test:second:Start=wait")]
    [InlineData("second started on")]
    public async Task A_start_that_a_signal_ends_gives_the_caller_an_application_that_has_stopped(string when, params string[] how)
    {
        var ports = FreePorts.Block(6);
        await using var app = AppProcess.Program(AppProcess.TestAppPath, ["caller", .. Arguments(ports), .. how]);
        await app.WaitForAsync(when);
        app.Signal(15);
        app.WriteLine("go on");
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.Contains("ended", app.Output, StringComparison.Ordinal);
        AssertFree(ports);
    }

    [Fact]
    public async Task An_optional_service_that_fails_once_it_runs_is_left_out_and_the_others_go_on()
    {
        var (app, ports) = Start("--Test:spare:Run=throw");
        await using var _ = app;
        await app.WaitForAsync("Application started");
        using (var client = new TcpClient("127.0.0.1", ports.First + 3))
        {
            await app.WaitForAsync("Optional spare is left out: PG3005: Service 'spare' failed after it had started: the test wants spare to fail");
        }

        Assert.True(FreePorts.BecomesFree(ports.First + 3));
        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
    }

    [Fact]
    public async Task An_optional_service_that_fails_is_left_out()
    {
        var (app, _) = Start("--Test:spare:Start=throw");
        await using var __ = app;
        await app.WaitForAsync("Application started");
        await app.WaitForAsync("Optional spare is left out: the test wants spare to fail");
        Assert.Contains("third started", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_needs_one_left_out_is_left_out_with_it()
    {
        var (app, _) = Start("--Ports:first:Required=false", "--Ports:second:Required=false", "--Ports:third:Required=false", "--Test:first:Start=throw");
        await using var __ = app;
        await app.WaitForAsync("Optional third is left out: it needs second, which is left out");
        await app.WaitForAsync("Application started");
        Assert.DoesNotContain("second starting", app.Output, StringComparison.Ordinal);
    }

    private static (AppProcess App, PortRange Ports) Start(params string[] args)
    {
        var ports = FreePorts.Block(6);
        return (AppProcess.TestApp([.. Arguments(ports), .. args]), ports);
    }

    private static string[] Arguments(PortRange ports) =>
        [.. ((string[])["first", "second", "third", "spare", "metrics"]).Select((name, i) => $"--Ports:{name}:Port={ports.First + i}")];

    private static void AssertOrder(string output, params string[] texts)
    {
        var at = -1;
        foreach (var text in texts)
        {
            var next = output.IndexOf(text, at + 1, StringComparison.Ordinal);
            Assert.True(next > at, $"'{text}' is missing or too early in:\n{output}");
            at = next;
        }
    }

    private static void AssertFree(PortRange ports) =>
        Assert.All(Enumerable.Range(ports.First, ports.Count), static port => Assert.True(FreePorts.BecomesFree(port)));
}
