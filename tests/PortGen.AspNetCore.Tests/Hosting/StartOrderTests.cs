using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>A migration and a message bus beside a web server, in one table with what a plain web application does.</summary>
public sealed class StartOrderTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, bool> Kinds => new()
    {
        { "plain", false }, { "plain", true }, { "own host on a lease", false }, { "own host on a lease", true }, { "web service", false }, { "web service", true },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Nobody_is_answered_before_the_migration_is_done(string kind, bool concurrently)
    {
        // A plain host that starts its services side by side listens while the migration runs: there PortGen is better.
        Assert.SkipWhen(kind == "plain" && concurrently, "a plain web application answers before the migration is done when services start concurrently");
        var stage = new Stage(kind, concurrently);
        var start = stage.Host.StartAsync(Token);
        await stage.Migration.Started.Task.WaitAsync(s_patience, Token);
        using var client = WebHost.NewClient($"http://127.0.0.1:{stage.Port}");
        var early = Record.ExceptionAsync(async () => Assert.Equal("migrated, with a bus", await client.GetStringAsync("/", Token))).AsTask();

        // Refused by the plain one, waiting in the queue with PortGen.
        Assert.Equal(kind == "plain", FreePorts.IsFree(stage.Port));
        Assert.Equal(0, stage.Answers);
        if (kind == "plain")
        {
            Assert.IsType<HttpRequestException>(await early.WaitAsync(s_patience, Token));
        }

        stage.Migration.Finish.SetResult();
        await start.WaitAsync(s_patience, Token);
        Assert.Equal("migrated, with a bus", await client.GetStringAsync("/", Token).WaitAsync(s_patience, Token));
        if (kind != "plain")
        {
            Assert.Null(await early.WaitAsync(s_patience, Token));
        }

        await stage.StopAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Nobody_is_answered_where_the_migration_fails(string kind, bool concurrently)
    {
        var stage = new Stage(kind, concurrently);
        var start = stage.Host.StartAsync(Token);
        await stage.Migration.Started.Task.WaitAsync(s_patience, Token);
        stage.Migration.Finish.SetException(new InvalidOperationException("the test wants it to fail"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => start);
        await ((IAsyncDisposable)stage.Host).DisposeAsync();
        Assert.Equal(0, stage.Answers);
        Assert.True(FreePorts.BecomesFree(stage.Port));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_request_in_flight_has_its_bus_until_it_is_answered(string kind, bool concurrently)
    {
        var stage = new Stage(kind, concurrently) { Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        stage.Migration.Finish.SetResult();
        await stage.Host.StartAsync(Token);
        using var client = WebHost.NewClient($"http://127.0.0.1:{stage.Port}");
        var answer = client.GetStringAsync("/", Token);
        await stage.InFlight.Task.WaitAsync(s_patience, Token);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        var stop = stage.StopAsync();
        if (kind != "web service")
        {
            await stopping.Task.WaitAsync(s_patience, Token);
        }

        stage.Hold.SetResult();
        Assert.Equal("migrated, with a bus", await answer.WaitAsync(s_patience, Token));
        await stop.WaitAsync(s_patience, Token);
        Assert.True(stage.Bus.HasStopped);
        Assert.True(FreePorts.BecomesFree(stage.Port));
    }

    private sealed class Stage
    {
        // A host that stops its services side by side stops the bus beside its own server, with PortGen or without.
        private readonly bool _hasOwnServer;

        public Stage(string kind, bool concurrently)
        {
            var definition = new PortDefinition("rest") { Port = Port };
            if (kind == "web service")
            {
                var generic = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
                generic.Services.AddSingleton<IReadOnlyList<WebSetup>>([new WebSetup(app => app.MapGet("/", AnswerAsync))]);
                PortHostBuilderExtensions.AddPortServices(generic, new PortManifest([PortServiceDefinition.For<WebHost.First>([definition], [])], [["rest"]]));
                Set(generic, concurrently);
                Host = generic.Build();
                return;
            }

            _hasOwnServer = true;
            var builder = WebApplication.CreateSlimBuilder(["--environment", "Production", "--hostBuilder:reloadConfigOnChange", "false"]);
            if (kind == "plain")
            {
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(Port));
            }
            else
            {
                PortHostBuilderExtensions.AddPortServices(builder, new PortManifest([PortServiceDefinition.For<Idle>([definition], [])], [["rest"]]));
                builder.WebHost.UsePortLeases().ConfigureKestrel(static kestrel => kestrel.ListenOnLease("rest"));
            }

            Set(builder, concurrently);
            var app = builder.Build();
            app.MapGet("/", AnswerAsync);
            Host = app;
        }

        public int Port { get; } = FreePorts.Block(1).First;

        public IHost Host { get; }

        public Migration Migration { get; } = new();

        public Bus Bus { get; } = new();

        public int Answers { get; private set; }

        public TaskCompletionSource? Hold { get; init; }

        public TaskCompletionSource InFlight { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task StopAsync()
        {
            await Host.StopAsync(Token);
            await ((IAsyncDisposable)Host).DisposeAsync();
        }

        private void Set(IHostApplicationBuilder builder, bool concurrently)
        {
            builder.Logging.ClearProviders();
            builder.Services.Configure<HostOptions>(o => (o.ServicesStartConcurrently, o.ServicesStopConcurrently) = (concurrently, concurrently && !_hasOwnServer));
            builder.Services.AddHostedService(_ => Migration).AddHostedService(_ => Bus);
        }

        private async Task<string> AnswerAsync()
        {
            InFlight.TrySetResult();
            await (Hold?.Task ?? Task.CompletedTask);
            Answers++;
            return $"{(Migration.Finish.Task.IsCompletedSuccessfully ? "" : "not ")}migrated, with{(Bus.HasStopped ? "out" : "")} a bus";
        }
    }

    private sealed class Idle : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
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

    private sealed class Bus : IHostedService
    {
        public bool HasStopped { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            HasStopped = true;
            return Task.CompletedTask;
        }
    }
}
