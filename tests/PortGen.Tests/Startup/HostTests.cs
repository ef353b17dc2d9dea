using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Startup;

/// <summary>Port services inside an application's own Generic Host.</summary>
public sealed class HostTests
{
    [Fact]
    public async Task Another_hosted_service_that_fails_does_not_leave_ours_running()
    {
        var port = FreePorts.Block(1).First;
        var builder = Builder(Manifest(port));
        builder.Services.AddHostedService<FailingHostedService>();
        var host = builder.Build();
        var service = host.Services.GetRequiredService<RecordingService>();

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["start"], service.Events);
        await ((IAsyncDisposable)host).DisposeAsync();

        Assert.Equal(["start", "stop", "dispose"], service.Events);
        Assert.True(FreePorts.IsFree(port));
    }

    [Fact]
    public async Task The_host_s_synchronous_dispose_stops_them_too()
    {
        var port = FreePorts.Block(1).First;
        var host = Builder(Manifest(port)).Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var service = host.Services.GetRequiredService<RecordingService>();
        host.Dispose();
        Assert.Equal(["start", "stop", "dispose"], service.Events);
        Assert.True(FreePorts.IsFree(port));
    }

    [Fact]
    public async Task Ports_are_held_before_any_other_hosted_service_starts()
    {
        var port = FreePorts.Block(1).First;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var probe = new ProbingHostedService(port);
        builder.Services.AddHostedService(_ => probe);
        PortHostBuilderExtensions.AddPortServices(builder, Manifest(port));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.False(probe.WasFree);
    }

    [Fact]
    public async Task A_service_that_can_t_be_created_fails_the_start_by_name()
    {
        var port = FreePorts.Block(1).First;
        var builder = Builder(new PortManifest([PortServiceDefinition.For<NeedsNobodyKnows>([new PortDefinition("web") { Port = port }], [])], [["web"]]));
        using var host = builder.Build();
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["web"], e.Services);
        Assert.True(FreePorts.IsFree(port));
    }

    [Fact]
    public void The_host_waits_as_long_as_all_waves_may_take()
    {
        using var host = Builder(Manifest(0), ("Ports:StopTimeout", "60"), ("Ports:DrainDelay", "10")).Build();
        Assert.Equal(TimeSpan.FromSeconds(75), host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Fact]
    public async Task While_draining_services_still_serve()
    {
        var port = FreePorts.Block(1).First;
        using var host = Builder(Manifest(port), ("Ports:DrainDelay", "0.5")).Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var service = host.Services.GetRequiredService<RecordingService>();
        var registry = host.Services.GetRequiredService<PortRegistry>();
        var draining = new TaskCompletionSource<bool>();
        registry.Changed += (_, s) =>
        {
            if (s.State == PortState.Draining)
            {
                draining.TrySetResult(service.Events.Contains("stop"));
            }
        };
        var stopping = host.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(await draining.Task);
        Assert.False(FreePorts.IsFree(port));
        await stopping;
        Assert.Equal(PortState.Released, registry.GetPort("web").State);
        Assert.Null(registry.GetPort("web").Port);
    }

    [Fact]
    public void A_host_takes_one_manifest()
    {
        var builder = Builder(Manifest(0));
        Assert.Throws<InvalidOperationException>(() => PortHostBuilderExtensions.AddPortServices(builder, Manifest(0)));
    }

    [Fact]
    public void A_manifest_in_a_wrong_order_is_refused()
    {
        var (a, b) = (PortServiceDefinition.For<RecordingService>([new PortDefinition("a")], ["b"]), PortServiceDefinition.For<RecordingService>([new PortDefinition("b")], []));
        Assert.Throws<ArgumentException>(() => new PortManifest([a, b], [["a"], ["b"]]));
        Assert.Throws<ArgumentException>(() => new PortManifest([a, b], [["b"]]));
        Assert.Throws<ArgumentException>(() => new PortManifest([a, b], [["b"], ["a"], ["a"]]));
        Assert.Throws<ArgumentException>(() => new PortManifest([a, b], [["b"], ["a", "c"]]));
        Assert.Equal(2, new PortManifest([a, b], [["b"], ["a"]]).Ports.Count);
    }

    [Fact]
    public async Task StartAsync_gives_the_typed_application_and_disposing_it_stops_everything()
    {
        var port = FreePorts.Block(1).First;
        await using var app = await PortApplication.StartAsync(Manifest(port), static host => new TestApplication(host), [], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((PortState.Serving, port, $"http://localhost:{port}"), (app.GetPort("web").State, app.GetPort("web").Port, app.GetPort("web").Url));
        var service = app.Services.GetRequiredService<RecordingService>();
        await app.DisposeAsync();
        Assert.Equal(["start", "stop", "dispose"], service.Events);
        Assert.True(FreePorts.IsFree(port));
    }

    [Fact]
    public void The_blocking_start_does_not_need_the_caller_s_context()
    {
        var port = FreePorts.Block(1).First;
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new DeadContext());
            var app = PortApplication.Start(Manifest(port), static host => new TestApplication(host), []);
            Task.Run(async () => await app.DisposeAsync()).GetAwaiter().GetResult();
        });
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
    }

    private static HostApplicationBuilder Builder(PortManifest manifest, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(static s => s.Key, static s => (string?)s.Value));
        builder.Logging.ClearProviders();
        PortHostBuilderExtensions.AddPortServices(builder, manifest);
        return builder;
    }

    private static PortManifest Manifest(int port) =>
        new([PortServiceDefinition.For<RecordingService>([new PortDefinition("web") { Port = port }], [])], [["web"]]);

    public sealed class RecordingService : IPortService, IDisposable
    {
        public List<string> Events { get; } = [];

        public Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            Events.Add("start");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Events.Add("stop");
            return Task.CompletedTask;
        }

        public void Dispose() => Events.Add("dispose");
    }

    public sealed class NeedsNobodyKnows(Uri unknown) : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => throw new NotSupportedException(unknown.ToString());

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class TestApplication(IHost host) : PortApplication(host);

    private sealed class FailingHostedService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("another service");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ProbingHostedService(int port) : IHostedService
    {
        public bool WasFree { get; private set; } = true;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            WasFree = FreePorts.IsFree(port);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    // Whatever is posted here is never run.
    private sealed class DeadContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
