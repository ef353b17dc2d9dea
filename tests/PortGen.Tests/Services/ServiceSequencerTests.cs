using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortGen.Configuration;
using PortGen.Instances;
using PortGen.Services;
using PortGen.Tests.Support;

namespace PortGen.Tests.Services;

/// <summary>Waves without a host: services that do what the test says, on ports that are really held.</summary>
public sealed class ServiceSequencerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_served_and_released_is_logged_and_shown()
    {
        using var stage = new Stage([["web"]], new() { ["Ports:web:ExternalPort"] = "443", ["Ports:metrics:Required"] = "false" }, "metrics");
        await stage.Sequencer.StartAsync(stage.Plan, Token);
        var (web, metrics) = (stage.Port("web"), stage.Port("metrics"));
        Assert.Equal([$"5 metrics serves on port {metrics}", $"6 web serves on port {web}, outside on port 443"], stage.Log(5, 6));
        Assert.All(stage.Registry.Ports, static p => Assert.Equal((PortState.Serving, true), (p.State, p.AllocatedAt is not null)));
        await stage.Sequencer.StopAsync(stage.Plan, release: null);
        Assert.Empty(stage.Log(10));
        Assert.False(FreePorts.IsFree(web));
        await stage.Sequencer.StartAsync(stage.Plan, Token);
        await stage.Sequencer.StopAsync(stage.Plan, static r => r.Release());
        Assert.Equal([$"10 metrics has released port {metrics}", $"10 web has released port {web}"], stage.Log(10));
        Assert.All(stage.Registry.Ports, static p => Assert.Equal((PortState.Released, null, null), (p.State, p.Port, p.AllocatedAt)));
        Assert.True(FreePorts.BecomesFree(web));
    }

    [Fact]
    public async Task An_optional_service_without_its_port_is_left_out_and_with_it_those_that_need_it()
    {
        using var stage = new Stage([["web"], ["api"]], Optional("web", "api"));
        stage.Ports.Free("web");
        await stage.Sequencer.StartAsync(stage.Plan, Token);
        Assert.Equal(["8 Optional api is left out: it needs web, which is left out", "8 Optional web is left out: it has no port 'web'"], stage.Log(8));
        Assert.All(stage.Registry.Ports, static p => Assert.Equal(PortState.Failed, p.State));
        Assert.All(stage.Runners.Values, static r => Assert.Equal((true, false), (r.IsLeftOut, r.IsRunning)));
    }

    [Fact]
    public async Task An_optional_service_that_fails_is_left_out_with_the_reason()
    {
        using var stage = new Stage([["api", "web"]], Optional("web"));
        stage.Services["web"].OnStart = static _ => throw new InvalidOperationException("no disk");
        await stage.Sequencer.StartAsync(stage.Plan, Token);
        Assert.Equal(["8 Optional web is left out: no disk"], stage.Log(8));
        Assert.True(stage.Runners["api"].IsRunning);
    }

    [Fact]
    public async Task A_failure_ends_the_other_starts_of_its_wave_and_stops_the_waves_before()
    {
        using var stage = new Stage([["base"], ["api", "web"]]);
        stage.Services["web"].OnStart = static _ => throw new InvalidOperationException("no disk");
        stage.Services["api"].OnStart = static token => Task.Delay(Timeout.Infinite, token);
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => stage.Sequencer.StartAsync(stage.Plan, Token).WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Equal(["web"], e.Services);
        Assert.Equal(PortState.Failed, stage.Registry.GetPort("web").State);
        Assert.Equal(PortState.Released, stage.Registry.GetPort("base").State);
        Assert.Equal(1, stage.Services["base"].Stops);
        Assert.True(FreePorts.BecomesFree(stage.Plan.Ports[0].Port));
    }

    [Fact]
    public async Task A_start_that_takes_too_long_says_how_long_and_which_setting()
    {
        using var stage = new Stage([["web"]], new() { ["Ports:StartTimeout"] = "0.1" });
        stage.Services["web"].OnStart = static _ => Task.Delay(Timeout.Infinite, Token);
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => stage.Sequencer.StartAsync(stage.Plan, Token).WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Equal("it was not ready after 0.1 s (Ports:StartTimeout)", Assert.IsType<TimeoutException>(e.InnerException, exactMatch: false).Message);
    }

    [Fact]
    public async Task A_start_that_is_given_up_starts_nothing_more_and_is_no_failure()
    {
        using var stage = new Stage([["web"], ["api"]]);
        using var stop = new CancellationTokenSource();
        stage.Services["web"].OnStart = _ => stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stage.Sequencer.StartAsync(stage.Plan, stop.Token));
        Assert.Equal((1, 0), (stage.Services["web"].Starts, stage.Services["api"].Starts));
        Assert.Empty(stage.Log(11));
    }

    [Fact]
    public async Task A_stop_that_fails_is_logged_and_stops_nobody_else()
    {
        using var stage = new Stage([["web"], ["api"]]);
        stage.Services["api"].OnStop = static _ => throw new InvalidOperationException("no");
        await stage.Sequencer.StartAsync(stage.Plan, Token);
        await stage.Sequencer.StopAsync(stage.Plan, static r => r.Release());
        await stage.Sequencer.StopAsync(stage.Plan, static r => r.Release());
        Assert.Equal(["12 api did not stop cleanly; continuing without it"], stage.Log(12));
        Assert.Equal((1, 1), (stage.Services["web"].Stops, stage.Services["api"].Stops));
    }

    [Fact]
    public async Task The_last_wave_stops_first()
    {
        using var stage = new Stage([["web"], ["api"]]);
        var stopped = new List<string>();
        foreach (var (name, service) in stage.Services)
        {
            service.OnStop = _ =>
            {
                stopped.Add(name);
                return Task.CompletedTask;
            };
        }

        await stage.Sequencer.StartAsync(stage.Plan, Token);
        await stage.Sequencer.StopAsync(stage.Plan, static r => r.Release());
        Assert.Equal(["api", "web"], stopped);
    }

    [Fact]
    public async Task A_start_that_is_given_up_in_the_last_wave_is_given_up()
    {
        using var stage = new Stage([["web"]]);
        using var stop = new CancellationTokenSource();
        stage.Services["web"].OnStart = async token =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stage.Sequencer.StartAsync(stage.Plan, stop.Token));
        Assert.False(stage.Runners["web"].IsRunning);
    }

    [Fact]
    public async Task Waves_and_services_have_spans()
    {
        using var stage = new Stage([["span-a", "span-b"]]);
        var spans = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "PortGen",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => spans.Enqueue($"{activity.OperationName} {string.Join(' ', activity.TagObjects.Select(static t => $"{t.Key}={t.Value}"))}"),
        };
        ActivitySource.AddActivityListener(listener);
        await stage.Sequencer.StartAsync(stage.Plan, Token);
        Assert.Equal(
            ["portgen.service portgen.service=span-a", "portgen.service portgen.service=span-b", "portgen.wave portgen.services=span-a,span-b"],
            spans.Where(static s => s.Contains("span-", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_lease_finds_the_others_of_its_service_and_gives_way_to_a_new_one()
    {
        using var stage = new Stage([["web"]], null, "metrics");
        var (web, metrics) = (stage.Ports.Find("web")!, stage.Ports.Find("metrics")!);
        Assert.Same(metrics, web["metrics"]);
        using var other = BindAttempt.Of(Manifests.Port("metrics", 0));
        stage.Ports.Replace([other.Leases!["metrics"]]);
        Assert.Same(other.Leases["metrics"], web["metrics"]);
        Assert.Equal((true, false), (metrics.IsReleased, web.IsReleased));
        Assert.Equal([$"10 metrics has released port {metrics.Port}"], stage.Log(10));
        Assert.Equal(other.Leases["metrics"].Port, stage.Registry.GetPort("metrics").Port);
    }

    private static Dictionary<string, string?> Optional(params string[] names) => names.ToDictionary(static n => $"Ports:{n}:Required", static _ => (string?)"false");

    private sealed class Service : IPortService
    {
        public Func<CancellationToken, Task> OnStart { get; set; } = static _ => Task.CompletedTask;

        public Func<CancellationToken, Task> OnStop { get; set; } = static _ => Task.CompletedTask;

        public int Starts { get; private set; }

        public int Stops { get; private set; }

        public Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            Starts++;
            return OnStart(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Stops++;
            return OnStop(cancellationToken);
        }
    }

    /// <summary>Each wave needs all of the one before.</summary>
    private sealed class Stage : IDisposable
    {
        private readonly TestLog _log = new();
        private readonly ServiceProvider _meters;

        public Stage(string[][] waves, Dictionary<string, string?>? settings = null, params string[] additional)
        {
            var names = waves.SelectMany(static w => w).ToArray();
            var block = FreePorts.Block(names.Length + additional.Length);
            var ports = names.Concat(additional).Select((name, i) => new PortDefinition(name) { Port = block.First + i, Service = i < names.Length ? name : names[0] }).ToList();
            var manifest = new PortManifest(
                [.. names.Select(n => PortServiceDefinition.For<Service>([.. ports.Where(p => p.Service == n)], Array.FindIndex(waves, w => w.Contains(n)) is > 0 and var i ? waves[i - 1] : []))],
                waves);
            Plan = Plans.Of(manifest, settings ?? []);
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build();
            var environment = Plans.Environment("Production");
            var logs = LoggerFactory.Create(b => b.AddProvider(_log));
            _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
            Ports = new ApplicationPorts(
                new PlanSource(manifest, configuration, environment, logs), Registry, new PortTelemetry(_meters.GetRequiredService<IMeterFactory>()),
                InstanceDirectory.Create(environment, _log), new NoOwner(), logs);
            Ports.MakePlan(HostPorts.Held);
            Ports.HoldAllAsync(null, Token).GetAwaiter().GetResult();
            foreach (var definition in manifest.Services)
            {
                Services.Add(definition.Name, new Service());
                Runners.Add(definition.Name, new ServiceRunner(definition, Services[definition.Name], Ports, Registry, _log, static (_, _) => { }));
            }

            Sequencer = new ServiceSequencer(Runners);
        }

        public ApplicationPorts Ports { get; }

        public PortPlan Plan { get; }

        public PortRegistry Registry { get; } = new();

        public Dictionary<string, Service> Services { get; } = [];

        public Dictionary<string, ServiceRunner> Runners { get; } = [];

        public ServiceSequencer Sequencer { get; }

        public int Port(string name) => Plan.Ports.First(p => p.Name == name).Port;

        public string[] Log(params int[] ids) => [.. _log.Entries.Where(e => ids.Contains(e.Id)).Select(static e => $"{e.Id} {e.Text}").Order(StringComparer.Ordinal)];

        public void Dispose()
        {
            Ports.CloseAsync().GetAwaiter().GetResult();
            _meters.Dispose();
        }
    }

    private sealed class NoOwner : ILeaseOwner
    {
        public IServiceProvider Services => throw new NotSupportedException();

        public void Serves(PortLease lease, string scheme) => throw new NotSupportedException();

        public void Fail(PortLease lease, Exception reason) => throw new NotSupportedException();

        public void BeginsToServe(PortLease lease) => throw new NotSupportedException();
    }
}
