using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>Ports bind first; services start last and stop first, whatever else the application runs and in whatever order it was added.</summary>
public sealed class StartOrderTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool, bool> Orders => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Nobody_is_answered_before_the_migration_is_done(bool addedBefore, bool concurrently)
    {
        var stage = new Stage(addedBefore, concurrently);
        var start = stage.Host.StartAsync(Token);
        await stage.Migration.Started.Task.WaitAsync(s_patience, Token);

        // The port listens: a client that comes now waits.
        using var client = await ConnectAsync(stage.Port);
        var answer = ManagedHost.AnswerAsync(client);
        Assert.Empty(stage.Journal.Entries);
        stage.Migration.Finish.SetResult();
        Assert.Equal("with a migrated database", await answer.WaitAsync(s_patience, Token));
        await start.WaitAsync(s_patience, Token);
        await stage.StopAsync();
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Nobody_is_answered_where_the_migration_fails(bool addedBefore, bool concurrently)
    {
        var stage = new Stage(addedBefore, concurrently);
        var start = stage.Host.StartAsync(Token);
        await stage.Migration.Started.Task.WaitAsync(s_patience, Token);
        using var client = await ConnectAsync(stage.Port);
        stage.Migration.Finish.SetException(new InvalidOperationException("the test wants it to fail"));
        Assert.Equal("the test wants it to fail", (await Assert.ThrowsAsync<InvalidOperationException>(() => start)).Message);
        await stage.StopAsync();
        Assert.Equal("", await AnswerOrNothingAsync(client));
        Assert.DoesNotContain("service starts", stage.Journal.Entries);
        Assert.True(FreePorts.BecomesFree(stage.Port));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_request_in_flight_has_its_bus_until_it_is_answered(bool addedBefore, bool concurrently)
    {
        var stage = new Stage(addedBefore, concurrently);
        stage.Migration.Finish.SetResult();
        await stage.Host.StartAsync(Token);
        stage.Service.Hold = new TaskCompletionSource();
        using var client = await ConnectAsync(stage.Port);
        var answer = ManagedHost.AnswerAsync(client);
        await stage.Service.InFlight.Task.WaitAsync(s_patience, Token);
        var stop = stage.StopAsync();
        await stage.Service.Stopping.Task.WaitAsync(s_patience, Token);
        stage.Service.Hold.SetResult();
        Assert.Equal("with a migrated database", await answer.WaitAsync(s_patience, Token));
        await stop.WaitAsync(s_patience, Token);
        Assert.Equal(["service starts", "service stops", "bus stops"], stage.Journal.Entries);
    }

    // A wave that fails comes after every start of the application's: then there is something to stop.
    [Fact]
    public async Task Where_a_service_fails_the_application_s_hosted_services_are_stopped()
    {
        var journal = new Journal();
        var port = FreePorts.Block(1).First;
        await Assert.ThrowsAsync<PortServiceStartException>(() => PortApplication.StartAsync(
            Manifest<Broken>(port),
            static host => new PortApplicationTests.Wrapped(host),
            [],
            b => b.Services.AddSingleton(journal).AddHostedService(_ => new Bus(journal)),
            Token));
        Assert.Equal(["bus stops"], journal.Entries);
        Assert.True(FreePorts.BecomesFree(port));
    }

    private static PortManifest Manifest<T>(int port)
        where T : class, IPortService => new([PortServiceDefinition.For<T>([new PortDefinition("web") { Port = port }], [])], [["web"]]);

    private static async Task<Socket> ConnectAsync(int port)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Token);
        return client;
    }

    private static async Task<string> AnswerOrNothingAsync(Socket client)
    {
        try
        {
            return await ManagedHost.AnswerAsync(client);
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private sealed class Stage
    {
        public Stage(bool addedBefore, bool concurrently)
        {
            var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.Logging.ClearProviders();
            builder.Services.Configure<HostOptions>(o => (o.ServicesStartConcurrently, o.ServicesStopConcurrently) = (concurrently, concurrently));
            builder.Services.AddSingleton(Journal).AddSingleton(Migration);
            if (addedBefore)
            {
                AddNeighbours(builder);
            }

            PortHostBuilderExtensions.AddPortServices(builder, Manifest<Service>(Port));
            if (!addedBefore)
            {
                AddNeighbours(builder);
            }

            Host = builder.Build();
        }

        public int Port { get; } = FreePorts.Block(1).First;

        public IHost Host { get; }

        public Journal Journal { get; } = new();

        public Migration Migration { get; } = new();

        public Service Service => Host.Services.GetRequiredService<Service>();

        public async Task StopAsync()
        {
            await Host.StopAsync(Token);
            await ((IAsyncDisposable)Host).DisposeAsync();
        }

        private void AddNeighbours(HostApplicationBuilder builder) => builder.Services.AddHostedService(_ => Migration).AddHostedService(_ => new Bus(Journal));
    }

    private sealed class Migration : IHostedService
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Started.SetResult();
            return Finish.Task.WaitAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Bus(Journal journal) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            journal.Add("bus stops");
            return Task.CompletedTask;
        }
    }

    private sealed class Service(Journal journal, Migration migration) : BackgroundPortService
    {
        private Task _answering = Task.CompletedTask;

        public TaskCompletionSource? Hold { get; set; }

        public TaskCompletionSource InFlight { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Stopping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            journal.Add("service starts");
            return base.StartAsync(lease, cancellationToken);
        }

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            journal.Add("service stops");
            Stopping.SetResult();
            await base.StopAsync(cancellationToken);
            await _answering;
        }

        protected override async Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken)
        {
            while (true)
            {
                _answering = AnswerAsync(await lease.AcceptAsync(stoppingToken));
            }
        }

        private async Task AnswerAsync(Socket connection)
        {
            using (connection)
            {
                InFlight.TrySetResult();
                await (Hold?.Task ?? Task.CompletedTask);
                var hasBus = !journal.Entries.Contains("bus stops");
                await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(
                    !migration.Finish.Task.IsCompletedSuccessfully ? "without a migrated database" : hasBus ? "with a migrated database" : "without a bus"));
            }
        }
    }

    private sealed class Broken : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => throw new InvalidOperationException("the test wants it to fail");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
