using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Binding;
using PortGen.Platform;
using PortGen.Services;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

public sealed class WebPortServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_on_both_addresses_of_its_lease_and_tells_its_health()
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port, HealthPath = "/api/health" }], [new WebSetup(static app => app.MapGet("/", () => "hello"))]);
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
        Assert.Equal("hello", await client.GetStringAsync($"http://[::1]:{port}/", Token));
        Assert.Equal("Healthy", await client.GetStringAsync("/api/health", Token));
    }

    [Fact]
    public async Task Its_health_is_that_of_its_own_ports_whatever_its_siblings_do()
    {
        var block = FreePorts.Block(2);
        await using var host = await WebHost.StartAsync(
            [new PortDefinition("rest") { Port = block.First, HealthPath = "/health" }, new PortDefinition("other") { Port = block.Last, HealthPath = "/health" }],
            [new WebSetup(static _ => { }), new WebSetup(static _ => { })]);
        await host.Manager.StopServiceAsync("other", Token);
        using var client = WebHost.NewClient($"http://127.0.0.1:{block.First}");
        Assert.Equal("Healthy", await client.GetStringAsync("/health", Token));
    }

    [Fact]
    public async Task A_web_application_whose_start_failed_is_disposed_of()
    {
        var held = new Held();
        await using var host = WebHost.Build(
            [new PortDefinition("rest") { Port = FreePorts.Block(1).First }],
            [new WebSetup(app => _ = app.Services.GetRequiredService<Held>() is { } ? throw new InvalidOperationException("no") : 0, builder => builder.Services.AddSingleton(_ => held))]);
        await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        Assert.True(held.IsDisposed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_of_its_own_on_the_health_path_goes_first(bool isForGetAlone)
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync(
            [new PortDefinition("rest") { Port = port, HealthPath = "/health" }], [new WebSetup(app => _ = isForGetAlone ? app.MapGet("/health", () => "fine") : app.Map("/health", () => "fine"))]);
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        Assert.Equal("fine", await client.GetStringAsync("/health", Token));
    }

    [Fact]
    public async Task The_health_path_is_open_where_everything_else_asks_for_authorization()
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port, HealthPath = "/health" }], [new WebSetup(
            static app => app.MapGet("/", () => "hello"),
            static builder =>
            {
                builder.Services.AddAuthentication().AddBearerToken();
                builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            })]);
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        Assert.Equal("Healthy", await client.GetStringAsync("/health", Token));
        using var refused = await client.GetAsync("/", Token);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task While_the_application_drains_each_answer_ends_its_connection()
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync(
            [new PortDefinition("rest") { Port = port }], [new WebSetup(static app => app.MapGet("/", () => "hello"))], ("Ports:DrainDelay", "5"));
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        using (var before = await client.GetAsync("/", Token))
        {
            Assert.Null(before.Headers.ConnectionClose);
        }

        // As a signal does.
        host.Host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var stopped = host.Host.StopAsync(Token);
        await host.Host.Services.GetRequiredService<PortRegistry>().WaitForAsync(static p => p.State == PortState.Draining);
        using (var during = await client.GetAsync("/", Token))
        {
            Assert.True(during.Headers.ConnectionClose);
            Assert.Equal("hello", await during.Content.ReadAsStringAsync(Token));
        }

        await stopped;
    }

    [Fact]
    public async Task It_has_the_application_s_configuration_environment_logging_and_ports()
    {
        var port = FreePorts.Block(1).First;
        WebApplication? inner = null;
        await using var host = await WebHost.StartAsync(
            [new PortDefinition("rest") { Port = port }],
            [new WebSetup(app => (inner = app).MapGet("/", (ILogger<WebPortServiceTests> log) => Say(log)), static builder => Assert.Equal("7", builder.Configuration["Store:Size"]))],
            ("UrlsOfPeers:0", "http://peer"), ("HTTP_PORTS", "1"), ("Kestrel:EndpointsOfPeers", "2"), ("Store:Size", "7"), ("Store:Names:0", "a"), ("Store:Names:1", "b"), ("environment", "Staging"));
        Assert.Equal("7", inner!.Configuration["Store:Size"]);
        Assert.Equal("http://peer", inner.Configuration["UrlsOfPeers:0"]);
        Assert.Null(inner.Configuration["HTTP_PORTS"]);
        Assert.Equal("2", inner.Configuration["Kestrel:EndpointsOfPeers"]);
        Assert.Equal(["a", "b"], inner.Configuration.GetSection("Store:Names").GetChildren().Select(static c => c.Value));
        Assert.Equal("Staging", inner.Environment.EnvironmentName);
        Assert.Equal(Timeout.InfiniteTimeSpan, inner.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
        Assert.Same(host.Manager, inner.Services.GetRequiredService<PortManager>());
        Assert.Same(host.Host.Services.GetRequiredService<PortRegistry>(), inner.Services.GetRequiredService<PortRegistry>());
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        Assert.Equal("said", await client.GetStringAsync("/", Token));
        Assert.Contains(host.Log.Entries, static e => e.Text == "the web service was here");
    }

    [Fact]
    public async Task It_opens_nothing_but_its_lease_whatever_is_configured()
    {
        var block = FreePorts.Block(5);
        await using var host = await WebHost.StartAsync(
            [new PortDefinition("rest") { Port = block.First }],
            [new WebSetup(static app => app.MapGet("/", () => "hello"), builder => builder.WebHost.UseUrls($"http://127.0.0.1:{block.Last}"))],
            ("urls", $"http://127.0.0.1:{block.First + 1}"), ("HTTP_PORTS", $"{block.First + 2}"), ("Kestrel:Endpoints:Http:Url", $"http://127.0.0.1:{block.First + 3}"), ("preferHostingUrls", "true"));
        Assert.All(Enumerable.Range(block.First, 5), p => Assert.Equal(p != block.First, FreePorts.IsFree(p)));
    }

    [Fact]
    public async Task Another_endpoint_of_its_Kestrel_fails_the_start()
    {
        var block = FreePorts.Block(2);
        await using var host = WebHost.Build(
            [new PortDefinition("rest") { Port = block.First }],
            [new WebSetup(static _ => { }, builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(block.Last)))]);
        await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        Assert.All(Enumerable.Range(block.First, 2), static p => Assert.True(FreePorts.BecomesFree(p)));
    }

    [Fact]
    public async Task Hosts_that_are_not_allowed_are_refused()
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port }], [new WebSetup(static app => app.MapGet("/", () => "hello"))], ("AllowedHosts", "example.com"));
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        using var refused = await client.GetAsync("/", Token);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "example.com" } };
        using var answer = await client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Web_applications_of_earlier_starts_are_let_go()
    {
        var built = new List<WeakReference>();
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = FreePorts.Block(1).First }], [new WebSetup(app => built.Add(new WeakReference(app)))]);
        for (var i = 0; i < 5; i++)
        {
            await host.Manager.RestartServiceAsync("rest", Token);
        }

        // The last may still be on some thread's stack.
        Assert.True(SpinWait.SpinUntil(() => Collect() && built.Take(4).All(static b => !b.IsAlive), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Outside_a_host_it_says_what_it_needs()
    {
        using var sockets = new ListenSocket(ListenSocket.DefaultProbing);
        Assert.Null(sockets.TryListen(HostAddresses.Of("localhost"), 0, out var listening));
        var lease = new PortLease("rest", "localhost", new Listener(listening));
        var service = new WebHost.First([new WebSetup(static _ => { })]);
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => service.StartAsync(lease, Token));
        Assert.StartsWith("The lease 'rest' belongs to no application", e.Message, StringComparison.Ordinal);
        await service.StopAsync(Token);
        lease.Release();
    }

    [Fact]
    public async Task A_policy_without_authorization_fails_the_start()
    {
        await using var host = WebHost.Build([new PortDefinition("rest") { Port = FreePorts.Block(1).First }], [new WebSetup(static app => app.MapPortStatus(holderPolicy: "operators"))]);
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        Assert.Contains("AddAuthorization", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_additional_port_is_served_where_its_Kestrel_is_told_to()
    {
        var block = FreePorts.Block(2);
        PortDefinition[] ports = [new PortDefinition("rest") { Port = block.First }, new PortDefinition("metrics") { Service = "rest", Port = block.Last }];
        await using var host = await WebHost.StartAsync(ports, [new WebSetup(
            static app => app.MapGet("/", static (Microsoft.AspNetCore.Http.HttpContext context) => $"{context.Connection.LocalPort}"),
            static builder => builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ListenOnLease("metrics")))]);
        foreach (var port in ports)
        {
            using var client = WebHost.NewClient($"http://127.0.0.1:{port.Port}");
            Assert.Equal($"{port.Port}", await client.GetStringAsync("/", Token));
        }
    }

    [Fact]
    public async Task Each_start_builds_it_anew()
    {
        var (port, built) = (FreePorts.Block(1).First, 0);
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port }], [new WebSetup(app =>
        {
            var number = ++built;
            app.MapGet("/", () => $"{number}");
        })]);
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        Assert.Equal("1", await client.GetStringAsync("/", Token));
        await host.Manager.RestartServiceAsync("rest", Token);
        Assert.Equal("2", await client.GetStringAsync("/", Token));
        await host.Manager.StopServiceAsync("rest", Token);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/", Token));
        await host.Manager.StartServiceAsync("rest", Token);
        Assert.Equal("3", await client.GetStringAsync("/", Token));
    }

    [Fact]
    public async Task What_its_set_up_throws_fails_its_start_and_leaves_nothing()
    {
        var port = FreePorts.Block(1).First;
        await using var host = WebHost.Build([new PortDefinition("rest") { Port = port }], [new WebSetup(static _ => throw new InvalidOperationException("no routes today"))]);
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        Assert.Contains("no routes today", e.Message, StringComparison.Ordinal);
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task A_web_application_that_wants_to_end_ends_the_application()
    {
        WebApplication? inner = null;
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = FreePorts.Block(1).First }], [new WebSetup(app => inner = app)]);
        var stopping = new TaskCompletionSource();
        host.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        // Its own stop is no such wish.
        await host.Manager.RestartServiceAsync("rest", Token);
        Assert.False(stopping.Task.IsCompleted);
        inner!.Lifetime.StopApplication();
        await stopping.Task.WaitAsync(TimeSpan.FromMinutes(1), Token);
        Assert.Null(host.Host.Services.GetRequiredService<ServiceFailure>().First);
    }

    [Fact]
    public async Task A_background_service_of_a_web_application_that_fails_makes_the_service_failed_and_ends_the_application()
    {
        var fail = new TaskCompletionSource();
        var web = new WebSetup(static _ => { }, builder => builder.Services.AddHostedService(_ => new Background(fail.Task)));
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = FreePorts.Block(1).First }], [web]);
        var stopping = new TaskCompletionSource();
        host.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        fail.SetException(new InvalidOperationException("the test wants it to fail"));
        await stopping.Task.WaitAsync(TimeSpan.FromMinutes(1), Token);
        Assert.Equal("PG3005: Service 'rest' failed after it had started: the test wants it to fail", host.Host.Services.GetRequiredService<ServiceFailure>().First!.Message);
        Assert.Equal(PortState.Failed, host.Manager.GetPort("rest").State);
    }

    [Theory]
    [InlineData("30", false)]
    [InlineData("0.3", true)]
    public async Task A_request_in_flight_is_answered_when_the_service_stops_and_cut_after_the_stop_timeout(string limit, bool isCut)
    {
        var port = FreePorts.Block(1).First;
        var (reached, open) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port }], [new WebSetup(app => app.MapGet("/", async () =>
        {
            reached.SetResult();
            await open.Task;
            return "at last";
        }))], ("Ports:StopTimeout", limit));
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        var answer = client.GetStringAsync("/", Token);
        await reached.Task;
        var stop = host.Manager.StopServiceAsync("rest", Token);
        if (isCut)
        {
            await stop;
            await Assert.ThrowsAsync<HttpRequestException>(() => answer);
            open.SetResult();
            return;
        }

        // The port closes first: nobody else is let in, and this one is waited for.
        Assert.True(FreePorts.BecomesFree(port));
        Assert.False(stop.IsCompleted);
        open.SetResult();
        Assert.Equal("at last", await answer);
        await stop;
        Assert.DoesNotContain(host.Log.Entries, static e => e.Level >= LogLevel.Warning);
    }

    private static bool Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return true;
    }

    private static string Say(ILogger<WebPortServiceTests> log)
    {
#pragma warning disable CA1848, CA2254 // A test's log message.
        log.LogInformation("the web service was here");
#pragma warning restore CA1848, CA2254
        return "said";
    }

    private sealed class Background(Task execution) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => execution;
    }

    private sealed class Held : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
