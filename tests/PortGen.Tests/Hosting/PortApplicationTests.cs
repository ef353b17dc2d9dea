using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>How a run ends, and what a wrapped host leaves behind.</summary>
public sealed class PortApplicationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_whose_port_is_taken_ends_with_69_and_starts_nothing()
    {
        using var holder = FreePorts.Occupy(FreePorts.Block(1).First);
        var (service, port) = (new Recorder(), ((System.Net.IPEndPoint)holder.LocalEndPoint!).Port);
        Assert.Equal(69, await RunAsync(port, service, "--Ports:BindTimeout=0"));
        Assert.Empty(service.Events);
    }

    [Fact]
    public async Task A_run_whose_service_fails_to_start_ends_with_70()
    {
        var (service, port) = (new Recorder { Fails = true }, FreePorts.Block(1).First);
        Assert.Equal(70, await RunAsync(port, service));
        Assert.Equal(["start", "dispose"], service.Events);
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task A_run_whose_configuration_breaks_a_rule_ends_with_78_and_binds_nothing()
    {
        var (service, port) = (new Recorder(), FreePorts.Block(1).First);
        Assert.Equal(78, await RunAsync(port, service, "--Ports:web:Port=eighty"));
        Assert.Empty(service.Events);
    }

    [Fact]
    public async Task A_run_that_is_told_to_stop_beforehand_ends_with_0()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        var (service, port) = (new Recorder(), FreePorts.Block(1).First);
        Assert.Equal(0, await PortApplication.RunAsync(Manifest(port), [], b => Quiet(b, service), cancellation.Token));
        Assert.Empty(service.Events);
    }

    [Fact]
    public async Task A_run_that_the_application_stops_itself_ends_with_0()
    {
        var (service, port) = (new Recorder(), FreePorts.Block(1).First);
        Assert.Equal(0, await RunWithAsync(port, service, static (lifetime, _) =>
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        }));
        Assert.Empty(service.Events);
    }

    [Fact]
    public async Task A_run_that_the_application_stops_during_its_start_ends_with_0()
    {
        var (service, port) = (new Recorder(), FreePorts.Block(1).First);
        Assert.Equal(0, await RunWithAsync(port, service, static (lifetime, token) =>
        {
            lifetime.StopApplication();
            return Task.Delay(Timeout.Infinite, token);
        }));
        Assert.Empty(service.Events);
    }

    [Fact]
    public async Task A_hosted_service_that_gives_itself_up_ends_a_run_with_70()
    {
        var (service, port) = (new Recorder(), FreePorts.Block(1).First);
        Assert.Equal(70, await RunWithAsync(port, service, static (_, _) => throw new OperationCanceledException("its own timeout")));
        Assert.Empty(service.Events);
    }

    [Fact]
    public async Task A_host_that_can_only_be_disposed_synchronously_is()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var (service, port) = (new Recorder(), FreePorts.Block(1).First);
        Quiet(builder, service);
        PortHostBuilderExtensions.AddPortServices(builder, Manifest(port));
        var host = builder.Build();
        await host.StartAsync(Token);
        await new Wrapped(new PlainHost(host)).DisposeAsync();
        Assert.Equal(["start", "stop", "dispose"], service.Events);
    }

    [Fact]
    public async Task What_the_application_s_own_configuration_throws_reaches_the_caller() =>
        await Assert.ThrowsAsync<NotSupportedException>(() => PortApplication.RunAsync(Manifest(0), [], static _ => throw new NotSupportedException("the test wants it"), Token));

    [Fact]
    public async Task A_wrapper_that_throws_leaves_nothing_running()
    {
        var (service, port) = (new Recorder(), FreePorts.Block(1).First);
        await Assert.ThrowsAsync<NotSupportedException>(() => PortApplication.StartAsync<Wrapped>(
            Manifest(port), static _ => throw new NotSupportedException("the test wants it"), [], b => Quiet(b, service), Token));
        Assert.Equal(["start", "stop", "dispose"], service.Events);
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task A_wrapped_host_is_stopped_once_however_often_it_is_told()
    {
        var (service, port) = (new Recorder(), FreePorts.Block(1).First);
        var app = await PortApplication.StartAsync(Manifest(port), static h => new Wrapped(h), [], b => Quiet(b, service), Token);
        Assert.Equal((PortState.Serving, port), (app.GetPort("web").State, app.GetPort("web").Port));
        Assert.Same(service, app.Services.GetRequiredService<Recorder>());
        var waiting = app.WaitForShutdownAsync(Token);
        Assert.False(waiting.IsCompleted);
        await app.StopAsync(Token);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(["start", "stop"], service.Events);
        await app.DisposeAsync();
        await app.DisposeAsync();
        Assert.Equal(["start", "stop", "dispose"], service.Events);
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        Assert.Equal("manifest", (await Assert.ThrowsAsync<ArgumentNullException>(() => PortApplication.RunAsync(null!, [], null, Token))).ParamName);
        Assert.Equal("manifest", (await Assert.ThrowsAsync<ArgumentNullException>(() => PortApplication.StartAsync(null!, static h => new Wrapped(h), [], null, Token))).ParamName);
        Assert.Equal("wrap", (await Assert.ThrowsAsync<ArgumentNullException>(() => PortApplication.StartAsync<Wrapped>(Manifest(0), null!, [], null, Token))).ParamName);
        Assert.Equal("host", Assert.Throws<ArgumentNullException>(static () => new Wrapped(null!)).ParamName);
    }

    private static Task<int> RunAsync(int port, Recorder service, params string[] args) => PortApplication.RunAsync(Manifest(port), args, b => Quiet(b, service), Token);

    private static Task<int> RunWithAsync(int port, Recorder service, Func<IHostApplicationLifetime, CancellationToken, Task> start) => PortApplication.RunAsync(
        Manifest(port),
        [],
        b =>
        {
            Quiet(b, service);
            b.Services.AddHostedService(p => new Neighbour(p.GetRequiredService<IHostApplicationLifetime>(), start));
        },
        Token);

    private static PortManifest Manifest(int port) => new([PortServiceDefinition.For<Recorder>([new PortDefinition("web") { Port = port }], [])], [["web"]]);

    private static void Quiet(HostApplicationBuilder builder, Recorder service)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_ => service);
    }

    internal sealed class Wrapped(IHost host) : PortApplication(host);

    internal sealed class Recorder : IPortService, IDisposable
    {
        public List<string> Events { get; } = [];

        public bool Fails { get; init; }

        public Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            Events.Add("start");
            return Fails ? throw new InvalidOperationException("the test wants it") : Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Events.Add("stop");
            return Task.CompletedTask;
        }

        public void Dispose() => Events.Add("dispose");
    }

    private sealed class Neighbour(IHostApplicationLifetime lifetime, Func<IHostApplicationLifetime, CancellationToken, Task> start) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => start(lifetime, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class PlainHost(IHost host) : IHost
    {
        public IServiceProvider Services => host.Services;

        public Task StartAsync(CancellationToken cancellationToken = default) => host.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken = default) => host.StopAsync(cancellationToken);

        public void Dispose() => host.Dispose();
    }
}
