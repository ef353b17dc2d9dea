using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>A port of the application's own host that is no web host: something in it accepts on the lease.</summary>
public sealed class HostPortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_serves_the_port_by_its_injected_lease_from_its_first_accept_until_it_has_stopped()
    {
        var port = FreePorts.Block(1).First;
        using var host = Build(port, addWorker: true);
        var lease = host.Services.GetRequiredKeyedService<PortLease>("web");
        Assert.Contains("not bound yet", Assert.Throws<InvalidOperationException>(() => lease.Port).Message, StringComparison.Ordinal);
        Assert.Equal("web, not bound", lease.ToString());
        await host.StartAsync(Token);
        var registry = host.Services.GetRequiredService<PortRegistry>();
        await host.Services.GetRequiredService<Worker>().Accepting.Task.WaitAsync(Token);
        Assert.Equal((PortState.Serving, port, port), (registry.GetPort("web").State, registry.GetPort("web").Port, lease.Port));
        Assert.Same(lease, host.Services.GetRequiredKeyedService<PortLease>("web"));
        Assert.Equal('w', (char)await ReadAsync(port));

        // Its port is held until the hosted services have stopped, so the worker never sees it vanish.
        await host.StopAsync(Token);
        Assert.True(host.Services.GetRequiredService<Worker>().ExecuteTask!.IsCompletedSuccessfully);
        Assert.Equal(PortState.Released, registry.GetPort("web").State);
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task A_port_that_nothing_in_the_host_accepts_on_is_told_of_and_not_shown_as_served()
    {
        using var host = Build(FreePorts.Block(1).First, addWorker: false, "--Ports:StartTimeout=0.1");
        await host.StartAsync(Token);
        var log = host.Services.GetRequiredService<TestLog>();
        Assert.True(SpinWait.SpinUntil(() => log.Entries.Any(static e => e.Id == 21), TimeSpan.FromSeconds(20)));
        var told = log.Entries.Single(static e => e.Id == 21);
        Assert.Contains("[FromKeyedServices(\"web\")]", told.Text, StringComparison.Ordinal);
        Assert.Contains("PortGen.AspNetCore", told.Text, StringComparison.Ordinal);
        Assert.Equal(PortState.Bound, host.Services.GetRequiredService<PortRegistry>().GetPort("web").State);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Whoever_waits_on_a_lease_that_is_never_bound_learns_that_the_host_has_ended()
    {
        var port = FreePorts.Block(1).First;
        using var held = FreePorts.Occupy(port);
        using var host = Build(port, addWorker: false);
        var lease = host.Services.GetRequiredKeyedService<PortLease>("web");
        var accept = lease.AcceptAsync(Token).AsTask();
        await Assert.ThrowsAsync<PortUnavailableException>(() => host.StartAsync(Token));
        Assert.False(accept.IsCompleted);
        host.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accept);
    }

    [Fact]
    public async Task A_lease_that_is_not_bound_is_waited_for_no_longer_than_one_likes()
    {
        using var host = Build(FreePorts.Block(1).First, addWorker: false);
        using var limit = new CancellationTokenSource();
        var accept = host.Services.GetRequiredKeyedService<PortLease>("web").AcceptAsync(limit.Token).AsTask();
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accept);
    }

    [Fact]
    public void A_host_has_a_port()
    {
        Assert.Throws<ArgumentException>(static () => PortServiceDefinition.ForHost(typeof(HostPortTests), []));
        var definition = PortServiceDefinition.ForHost(typeof(HostPortTests), [new PortDefinition("web")]);
        Assert.Equal((true, "web", typeof(HostPortTests)), (definition.IsHost, definition.Name, definition.ServiceType));
    }

    [Fact]
    public async Task Every_port_is_one_that_the_system_chooses_on_loopback_where_the_settings_say_so()
    {
        var port = FreePorts.Block(1).First;
        using var held = FreePorts.Occupy(port);
        using var host = Build(port, addWorker: true, "--Ports:FreePorts=true", "--Ports:web:Host=*");
        await host.StartAsync(Token);
        var status = host.Services.GetRequiredService<PortRegistry>().GetPort("web");
        Assert.NotEqual(port, status.Port);
        Assert.Equal(("localhost", 0, false), (status.Host, status.PreferredPort, status.IsFallback));
        await host.StopAsync(Token);
    }

    private static IHost Build(int port, bool addWorker, params string[] args)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Ports:BindTimeout"] = "0" });
        builder.Configuration.AddCommandLine(args);
        var log = new TestLog();
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(log);
        PortHostBuilderExtensions.AddPortServices(
            builder, new PortManifest([PortServiceDefinition.ForHost(typeof(HostPortTests), [new PortDefinition("web") { Port = port }])], [["web"]]));
        if (addWorker)
        {
            builder.Services.AddSingleton<Worker>().AddHostedService(static provider => provider.GetRequiredService<Worker>());
        }

        return builder.Build();
    }

    private static async Task<byte> ReadAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, Token);
        var buffer = new byte[1];
        await client.GetStream().ReadExactlyAsync(buffer, Token);
        return buffer[0];
    }

    private sealed class Worker([FromKeyedServices("web")] PortLease lease, PortRegistry registry) : BackgroundService
    {
        public TaskCompletionSource Accepting { get; } = new();

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var accept = lease.AcceptAsync(stoppingToken);
                if (registry.GetPort("web").State == PortState.Serving)
                {
                    Accepting.TrySetResult();
                }

                try
                {
                    using var client = await accept;
                    await client.SendAsync("w"u8.ToArray(), stoppingToken);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }
}
