using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Binding;
using PortGen.Platform;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

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
        Assert.False(FreePorts.IsFree(port));
        await ((IAsyncDisposable)host).DisposeAsync();

        Assert.Equal(["dispose"], service.Events);
        Assert.True(FreePorts.BecomesFree(port));
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
        Assert.True(FreePorts.BecomesFree(port));
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
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task An_argument_that_can_t_be_read_is_a_configuration_error()
    {
        var e = await Assert.ThrowsAsync<PortConfigurationException>(
            () => PortApplication.StartAsync(Manifest(0), static host => new TestApplication(host), ["-x=1"], null, TestContext.Current.CancellationToken));
        Assert.Matches(@"\APG2003: .*-x=1.*\(from the command line\)\z", Assert.Single(e.Errors));
        Assert.Equal(78, await PortApplication.RunAsync(Manifest(0), ["-x=1"], null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_host_waits_as_long_as_all_waves_may_take()
    {
        using var host = Builder(Manifest(0), ("Ports:StopTimeout", "60"), ("Ports:DrainDelay", "10")).Build();
        Assert.Equal(TimeSpan.FromSeconds(75), host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Fact]
    public void A_host_that_waits_for_ever_goes_on_doing_so()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.Configure<HostOptions>(static o => o.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        PortHostBuilderExtensions.AddPortServices(builder, Manifest(0));
        using var host = builder.Build();
        Assert.Equal(Timeout.InfiniteTimeSpan, host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Fact]
    public async Task Disposing_an_application_whose_stop_fails_disposes_of_its_services_all_the_same()
    {
        var service = new RecordingService();
        var app = await PortApplication.StartAsync(
            Manifest(0),
            static host => new TestApplication(host),
            [],
            b => b.Services.AddSingleton(_ => service).AddHostedService<UnstoppableHostedService>(),
            TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await app.DisposeAsync());
        Assert.Equal(["start", "stop", "dispose"], service.Events);
    }

    [Fact]
    public async Task A_content_root_that_is_not_there_ends_a_run_with_78() => Assert.Equal(
        78, await PortApplication.RunAsync(Manifest(0), ["--contentRoot", "/not/there"], cancellationToken: TestContext.Current.CancellationToken));

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
        var clock = Stopwatch.StartNew();
        var stopping = host.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(await draining.Task);
        Assert.False(FreePorts.IsFree(port));
        await stopping;
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(450), TimeSpan.FromMinutes(1));
        Assert.Equal(PortState.Released, registry.GetPort("web").State);
        Assert.Null(registry.GetPort("web").Port);
    }

    [Fact]
    public async Task A_service_that_gives_itself_up_has_failed()
    {
        // As an HTTP client does on its own timeout: a cancellation that nobody of ours asked for.
        var port = FreePorts.Block(2);
        var manifest = new PortManifest(
            [
                PortServiceDefinition.For<ImpatientService>([new PortDefinition("a") { Port = port.First }], []),
                PortServiceDefinition.For<RecordingService>([new PortDefinition("b") { Port = port.Last }], ["a"]),
            ],
            [["a"], ["b"]]);
        using var host = Builder(manifest).Build();
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["a"], e.Services);
        Assert.Empty(host.Services.GetRequiredService<RecordingService>().Events);
        Assert.True(FreePorts.BecomesFree(port.First) && FreePorts.IsFree(port.Last));
    }

    [Fact]
    public async Task A_service_that_fails_while_another_hosted_service_still_starts_ends_a_run_with_70()
    {
        var exitCode = await PortApplication.RunAsync(
            new PortManifest([PortServiceDefinition.For<CrashingService>([new PortDefinition("web")], [])], [["web"]]),
            [],
            static b => b.Services.AddHostedService<WaitingHostedService>(),
            TestContext.Current.CancellationToken);
        Assert.Equal(70, exitCode);
    }

    [Fact]
    public async Task A_subscriber_that_throws_keeps_nobody_from_stopping()
    {
        var port = FreePorts.Block(1).First;
        using var host = Builder(Manifest(port)).Build();
        host.Services.GetRequiredService<PortRegistry>().Changed += static (_, _) => throw new InvalidOperationException("the test wants it");
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["start", "stop"], host.Services.GetRequiredService<RecordingService>().Events);
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task Another_hosted_service_that_fails_ends_a_run_with_70_and_a_start_with_nothing_left()
    {
        var port = FreePorts.Block(1).First;
        Assert.Equal(70, await PortApplication.RunAsync(
            Manifest(port), [], static b => b.Services.AddHostedService<FailingHostedService>(), TestContext.Current.CancellationToken));
        Assert.True(FreePorts.BecomesFree(port));

        var service = new RecordingService();
        await Assert.ThrowsAsync<InvalidOperationException>(() => PortApplication.StartAsync(
            Manifest(port),
            static host => new TestApplication(host),
            [],
            b => b.Services.AddSingleton(_ => service).AddHostedService<FailingHostedService>(),
            TestContext.Current.CancellationToken));
        Assert.Empty(service.Events);
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task A_run_ends_with_its_token()
    {
        var port = FreePorts.Block(1).First;
        using var cancellation = new CancellationTokenSource();
        var service = new RecordingService();
        var running = PortApplication.RunAsync(Manifest(port), [], b => b.Services.AddSingleton(_ => service), cancellation.Token);
        await service.Started.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(FreePorts.IsFree(port));
        await cancellation.CancelAsync();
        Assert.Equal(0, await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task A_settings_file_that_is_not_json_ends_a_run_with_78()
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", "{");
        Assert.Equal(78, await PortApplication.RunAsync(Manifest(0), ["--contentRoot", folder.Path], cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Settings_beside_the_assembly_are_read_where_the_content_root_has_none()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(AppContext.BaseDirectory, "appsettings.Beside.json");
        File.WriteAllText(file, """{ "Ports": { "web": { "Port": 9300 } } }""");
        var other = Path.Combine(AppContext.BaseDirectory, "others.json");
        File.WriteAllText(other, """{ "Others": "beside" }""");
        try
        {
            folder.Write("notes.txt", "no settings");
            Assert.Equal("9300", Read());
            folder.Write("appsettings.json", "{}");
            Assert.Null(Read());
        }
        finally
        {
            File.Delete(file);
            File.Delete(other);
        }

        string? Read()
        {
            var builder = Host.CreateApplicationBuilder(["--contentRoot", folder.Path, "--environment", "Beside"]);
            builder.Configuration.AddJsonFile("others.json", optional: true);
            PortHostBuilderExtensions.AddPortServices(builder, Manifest(0));
            Assert.Null(builder.Configuration["Others"]);
            return builder.Configuration["Ports:web:Port"];
        }
    }

    [Fact]
    public async Task A_service_that_the_application_registers_itself_is_that_one()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var service = new RecordingService();
        builder.Services.AddSingleton(service);
        PortHostBuilderExtensions.AddPortServices(builder, Manifest(0));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["start"], service.Events);
    }

    [Fact]
    public async Task A_service_does_without_an_optional_port_of_its_own_and_the_application_without_an_optional_service()
    {
        var ports = FreePorts.Block(4);
        using var first = FreePorts.Occupy(ports.First);
        using var second = FreePorts.Occupy(ports.First + 1);
        using var host = Builder(new PortManifest(
            [
                PortServiceDefinition.For<RecordingService>(
                    [new PortDefinition("web") { Port = ports.First + 2 }, new PortDefinition("metrics") { Service = "web", Port = ports.First, Required = false }], []),
                PortServiceDefinition.For<Manifests.IdleService>(
                    [new PortDefinition("extra") { Port = ports.Last, Required = false }, new PortDefinition("admin") { Service = "extra", Port = ports.First + 1 }], []),
            ],
            [["extra", "web"]]), ("Ports:BindTimeout", "0")).Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var registry = host.Services.GetRequiredService<PortRegistry>();
        Assert.Equal(
            [("web", PortState.Serving), ("metrics", PortState.Failed), ("extra", PortState.Failed), ("admin", PortState.Failed)],
            registry.Ports.Select(static p => (p.Name, p.State)));
        Assert.True(FreePorts.BecomesFree(ports.Last), "a service that is left out holds no port");
    }

    [Fact]
    public async Task Every_port_of_a_service_serves_with_it_and_fails_with_it()
    {
        var manifest = new PortManifest(
            [PortServiceDefinition.For<StubbornService>([new PortDefinition("web"), new PortDefinition("metrics") { Service = "web" }], [])], [["web"]]);
        using (var host = Builder(manifest, ("Ports:StopTimeout", "0.2")).Build())
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            Assert.All(host.Services.GetRequiredService<PortRegistry>().Ports, static p => Assert.Equal(PortState.Serving, p.State));
        }

        using var failing = Builder(manifest).Build();
        failing.Services.GetRequiredService<StubbornService>().Fails = true;
        await Assert.ThrowsAsync<PortServiceStartException>(() => failing.StartAsync(TestContext.Current.CancellationToken));
        Assert.All(failing.Services.GetRequiredService<PortRegistry>().Ports, static p => Assert.Equal((PortState.Failed, null), (p.State, p.Port)));
    }

    [Fact]
    public async Task A_method_that_blocks_holds_up_no_start_and_a_stop_waits_for_it()
    {
        Assert.Null(new ListenSocket(ListenProbing.Managed).TryListen(HostAddresses.Of("localhost"), 0, out var result));
        var lease = new PortLease("web", "localhost", new Listener(result));
        using var service = new StubbornService();
        await Task.Run(() => service.StartAsync(lease, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        using (var impatience = new CancellationTokenSource(100))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.StopAsync(impatience.Token));
        }

        var stopping = service.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stopping.IsCompleted);
        service.Blocked.Set();
        await stopping;
        Assert.True(service.ExecuteTask!.IsCompleted);
        lease.Release();
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
        Assert.Equal((PortState.Serving, port, $"tcp://localhost:{port}"), (app.GetPort("web").State, app.GetPort("web").Port, app.GetPort("web").Url));
        var service = app.Services.GetRequiredService<RecordingService>();
        await app.DisposeAsync();
        Assert.Equal(["start", "stop", "dispose"], service.Events);
        Assert.True(FreePorts.BecomesFree(port));
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
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Events { get; } = [];

        public Task Started => _started.Task;

        public Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            Events.Add("start");
            _started.TrySetResult();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Events.Add("stop");
            return Task.CompletedTask;
        }

        public void Dispose() => Events.Add("dispose");
    }

    public sealed class StubbornService : BackgroundPortService
    {
        public ManualResetEventSlim Blocked { get; } = new();

        public bool Fails { get; set; }

        public override Task StartAsync(PortLease lease, CancellationToken cancellationToken) =>
            Fails ? throw new InvalidOperationException("the test wants it to fail") : base.StartAsync(lease, cancellationToken);

        public override void Dispose()
        {
            base.Dispose();
            Blocked.Set();
        }

        protected override Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken)
        {
            Blocked.Wait(CancellationToken.None);
            return Task.CompletedTask;
        }
    }

    public sealed class ImpatientService : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => throw new TaskCanceledException("its own timeout");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed class CrashingService : BackgroundPortService
    {
        protected override Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken) => throw new InvalidOperationException("the test wants it to crash");
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

    private sealed class UnstoppableHostedService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("another service");
    }

    private sealed class WaitingHostedService : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
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
