using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>Services that end, block, hang or fail where nobody expects it: a state that is shown is true, and a start ends in time.</summary>
public sealed class EndingServicesTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_required_service_that_returns_unasked_has_failed(bool later)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = PortApplication.RunAsync(Manifest(), [], b => Add(b, new Script { OnRun = (_, _) => later ? go.Task : Task.CompletedTask }), Token);
        go.SetResult();
        Assert.Equal(70, await run.WaitAsync(s_patience, Token));
    }

    [Fact]
    public async Task An_optional_service_that_returns_unasked_is_left_out_and_its_port_is_free()
    {
        var (port, go) = (FreePorts.Block(1).First, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var app = await StartAsync(Manifest(port, required: false), new Script { OnRun = (_, _) => go.Task });
        Assert.Equal(PortState.Serving, app.GetPort("web").State);
        go.SetResult();
        Assert.True(SpinWait.SpinUntil(() => app.GetPort("web") is { State: PortState.Failed, Port: null }, s_patience));
        Assert.True(FreePorts.BecomesFree(port));
        Assert.False(app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        Assert.Contains(Log(app).Entries, static e => e is (LogLevel.Warning, 8, _) && e.Text.Contains("PG3005: Service 'web' failed after it had started: ExecuteAsync returned", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_says_it_is_complete_is_stopped_and_the_application_goes_on()
    {
        var port = FreePorts.Block(1).First;
        await using var app = await StartAsync(Manifest(port), new Script
        {
            OnRun = static (script, _) =>
            {
                script.End();
                return Task.CompletedTask;
            },
        });
        Assert.True(SpinWait.SpinUntil(() => app.GetPort("web") is { State: PortState.Released, Port: null }, s_patience));
        Assert.True(FreePorts.BecomesFree(port));
        Assert.False(app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);

        // And it can start again, to fail this time.
        app.Services.GetRequiredService<Script>().OnRun = static (_, _) => Task.CompletedTask;
        await app.Services.GetRequiredService<PortManager>().StartServiceAsync("web", Token);
        await app.WaitForShutdownAsync(Token).WaitAsync(s_patience, Token);
        Assert.Equal(PortState.Failed, app.GetPort("web").State);
    }

    [Theory]
    [InlineData(false, 70)]
    [InlineData(true, 0)]
    public async Task A_constructor_that_never_returns_is_under_the_limits_of_a_start(bool isTold, int exitCode)
    {
        using var stop = new CancellationTokenSource();
        using var constructing = new ManualResetEventSlim();
        var port = FreePorts.Block(1).First;
        var run = PortApplication.RunAsync(
            Manifest(port),
            isTold ? [] : ["--Ports:StartTimeout=0.2"],
            b => b.Services.AddSingleton<Script>(_ =>
            {
                constructing.Set();
                new ManualResetEvent(false).WaitOne();
                return new Script();
            }),
            stop.Token);
        if (isTold)
        {
            Assert.True(constructing.Wait(s_patience, Token));
            await stop.CancelAsync();
        }

        Assert.Equal(exitCode, await run.WaitAsync(s_patience, Token));
        Assert.True(FreePorts.BecomesFree(port));
    }

    // More of them than the thread pool would have threads for, within a limit that its injection of one thread or two a second would miss by far.
    [Fact]
    public async Task Services_that_block_before_their_first_await_hold_up_nobody()
    {
        using var release = new ManualResetEventSlim();
        var ports = FreePorts.Block(60);
        var names = Enumerable.Range(0, 60).Select(static i => $"s{i}").ToArray();
        var manifest = new PortManifest(
            [.. names.Select((n, i) => PortServiceDefinition.For<Script>([new PortDefinition(n) { Port = ports.First + i }], []))], [names]);
        await using var app = await StartAsync(manifest, new Script
        {
            OnRun = (_, token) =>
            {
                release.Wait(token);
                return Task.CompletedTask;
            },
        }, "--Ports:StartTimeout=15");
        Assert.All(names, n => Assert.Equal(PortState.Serving, app.GetPort(n).State));
        release.Set();
    }

    [Fact]
    public async Task A_start_that_outlives_its_limit_is_never_joined_by_a_second_and_is_stopped_when_it_ends()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = new Script();
        await using var app = await StartAsync(Manifest(), script, "--Ports:StartTimeout=1");
        var manager = app.Services.GetRequiredService<PortManager>();
        await manager.StopServiceAsync("web", Token);
        script.Events.Clear();
        script.OnStart = _ => first.Task;
        await Assert.ThrowsAsync<PortServiceStartException>(() => manager.StartServiceAsync("web", Token));
        Assert.Contains(Log(app).Entries, static e => e.Id == 17);

        script.OnStart = static _ => Task.CompletedTask;
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => manager.StartServiceAsync("web", Token));
        Assert.Contains("its earlier start, which was given up, had not ended", e.Message, StringComparison.Ordinal);
        Assert.Equal(["start"], script.Events);

        first.SetResult();
        Assert.True(SpinWait.SpinUntil(() => script.Events.Count == 2, s_patience));
        await manager.StartServiceAsync("web", Token);
        Assert.Equal(["start", "stop", "start"], script.Events);
    }

    [Fact]
    public async Task A_background_service_of_the_application_that_fails_ends_a_run_with_70() =>
        Assert.Equal(70, await PortApplication.RunAsync(Manifest(), [], static b => Add(b, new Script()).Services.AddHostedService<FailingBackgroundService>(), Token)
            .WaitAsync(s_patience, Token));

    [Fact]
    public async Task A_start_that_the_host_gives_up_names_the_time_out()
    {
        var e = await Assert.ThrowsAnyAsync<TimeoutException>(() => StartAsync(
            Manifest(), new Script { OnStart = static token => Task.Delay(Timeout.Infinite, token) }, static b => b.Services.Configure<HostOptions>(static o => o.StartupTimeout = TimeSpan.FromSeconds(1))));
        Assert.Contains("had not started after 1 s (HostOptions.StartupTimeout)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_the_application_itself_ends_gives_an_application_that_has_stopped()
    {
        var port = FreePorts.Block(1).First;
        IHostApplicationLifetime? lifetime = null;
        await using var app = await StartAsync(Manifest(port), new Script
        {
            OnStart = token =>
            {
                lifetime!.StopApplication();
                return Task.Delay(Timeout.Infinite, token);
            },
        }, b => b.Services.AddHostedService(p =>
        {
            lifetime = p.GetRequiredService<IHostApplicationLifetime>();
            return new Idle();
        }));
        await app.WaitForShutdownAsync(Token).WaitAsync(s_patience, Token);
        Assert.Equal((PortState.Released, null), (app.GetPort("web").State, app.GetPort("web").Port));
        Assert.True(FreePorts.BecomesFree(port));

        // A caller's own token still throws.
        using var own = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PortApplication.StartAsync(
            Manifest(), static h => new PortApplicationTests.Wrapped(h), [], b => Add(b, new Script { OnStart = _ => own.CancelAsync().ContinueWith(static _ => Task.Delay(Timeout.Infinite), TaskScheduler.Default).Unwrap() }), own.Token));
    }

    [Fact]
    public async Task A_port_that_nobody_serves_is_an_error_and_no_row_in_green()
    {
        var manifest = new PortManifest([PortServiceDefinition.For<Script>([new PortDefinition("web"), new PortDefinition("metrics") { Service = "web" }], [])], [["web"]]);
        var script = new Script();
        await using var app = await StartAsync(manifest, script, "--Ports:StartTimeout=2");
        Assert.True(SpinWait.SpinUntil(() => app.GetPort("metrics").State == PortState.Bound, s_patience));
        Assert.Equal(PortState.Serving, app.GetPort("web").State);
        Assert.True(SpinWait.SpinUntil(() => Log(app).Entries.Any(static e => e is (LogLevel.Error, 21, _)), s_patience));
        Assert.StartsWith($"PG3004: Nobody accepts connections on port {app.GetPort("metrics").Port} of 'metrics', 2 s after its service started", Assert.Single(Log(app).Entries, static e => e.Id == 21).Text, StringComparison.Ordinal);

        // Late is better than never.
        _ = script.Lease!["metrics"].AcceptAsync(Token).AsTask();
        Assert.True(SpinWait.SpinUntil(() => app.GetPort("metrics").State == PortState.Serving, s_patience));
    }

    private static PortManifest Manifest(int port = 0, bool required = true) =>
        new([PortServiceDefinition.For<Script>([new PortDefinition("web") { Port = port, Required = required }], [])], [["web"]]);

    private static Task<PortApplicationTests.Wrapped> StartAsync(PortManifest manifest, Script script, params string[] args) =>
        PortApplication.StartAsync(manifest, static h => new PortApplicationTests.Wrapped(h), args, b => Add(b, script), Token);

    private static Task<PortApplicationTests.Wrapped> StartAsync(PortManifest manifest, Script script, Action<HostApplicationBuilder> configure) =>
        PortApplication.StartAsync(manifest, static h => new PortApplicationTests.Wrapped(h), [], b => configure(Add(b, script)), Token);

    private static HostApplicationBuilder Add(HostApplicationBuilder builder, Script script)
    {
        var log = new TestLog();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton(script).AddSingleton(log);
        return builder;
    }

    private static TestLog Log(PortApplication app) => app.Services.GetRequiredService<TestLog>();

    private sealed class Script : BackgroundPortService
    {
        public List<string> Events { get; } = [];

        public Func<CancellationToken, Task> OnStart { get; set; } = static _ => Task.CompletedTask;

        public Func<Script, CancellationToken, Task> OnRun { get; set; } = static (_, token) => Task.Delay(Timeout.Infinite, token);

        public PortLease? Lease { get; private set; }

        public void End() => Complete();

        public override async Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            lock (Events)
            {
                Events.Add("start");
            }

            await OnStart(cancellationToken);
            await base.StartAsync(lease, CancellationToken.None);
        }

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            await base.StopAsync(cancellationToken);
            lock (Events)
            {
                Events.Add("stop");
            }
        }

        protected override Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken)
        {
            Lease = lease;
            _ = lease.AcceptAsync(stoppingToken).AsTask();
            return OnRun(this, stoppingToken);
        }
    }

    private sealed class FailingBackgroundService : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("the test wants it to fail");
        }
    }

    private sealed class Idle : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
