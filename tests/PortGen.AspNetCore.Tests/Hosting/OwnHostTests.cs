using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>An ordinary web application whose own Kestrel serves the port that its entry point declares.</summary>
public sealed class OwnHostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Configurations =>
    [
        "nothing", "--urls", "UseUrls", "app.Urls", "http_ports", "preferHostingUrls", "UseUrls and preferHostingUrls", "UseSetting",
    ];

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task It_listens_on_its_lease_whatever_addresses_it_was_given_and_says_so(string configuration)
    {
        var block = FreePorts.Block(2);
        var elsewhere = $"http://127.0.0.1:{block.Last}";
        string[] args = configuration switch
        {
            "--urls" => ["--urls", elsewhere],
            "http_ports" => ["--http_ports", $"{block.Last}"],
            "preferHostingUrls" => ["--urls", elsewhere, "--preferHostingUrls", "true"],
            _ => [],
        };
        var setup = new WebSetup(
            app =>
            {
                app.MapGet("/", () => "hello");
                if (configuration == "app.Urls")
                {
                    app.Urls.Add(elsewhere);
                }
            },
            builder =>
            {
                if (configuration.StartsWith("UseUrls", StringComparison.Ordinal))
                {
                    builder.WebHost.UseUrls(elsewhere).PreferHostingUrls(configuration.EndsWith("Urls", StringComparison.Ordinal));
                }
                else if (configuration == "UseSetting")
                {
                    builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, elsewhere);
                }
            });
        await using var host = await OwnHost.StartAsync(OwnHost.Manifest([new PortDefinition("web") { Port = block.First }]), setup, args);
        Assert.Equal((block.First, PortState.Serving), (host.Port.Port, host.Port.State));
        using var client = WebHost.NewClient(host.Port.Url!);
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
        Assert.True(FreePorts.IsFree(block.Last));
        Assert.Equal([$"http://localhost:{block.First}"], host.Application.Urls);
        Assert.DoesNotContain(host.Log.Entries, static e => e.Text.Contains("Overriding", StringComparison.Ordinal));
        Assert.Contains(host.Log.Entries, e => e.Text == $"Now listening on: http://localhost:{block.First}");
        var told = host.Log.Entries.Where(static e => e.Id == 61).ToList();
        if (configuration == "nothing")
        {
            Assert.Empty(told);
        }
        else
        {
            var (level, _, text) = Assert.Single(told);
            Assert.Equal(configuration == "http_ports" ? LogLevel.Debug : LogLevel.Warning, level);
            Assert.Contains($"{block.Last}", text, StringComparison.Ordinal);
            Assert.Contains("is ignored", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Beside_it_Kestrel_opens_what_its_own_settings_say_and_the_main_address_comes_first()
    {
        var block = FreePorts.Block(2);
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { Port = block.First }]),
            new WebSetup(static app => app.MapGet("/", () => "hello")),
            "--Kestrel:Endpoints:Admin:Url", $"http://127.0.0.1:{block.Last}");
        Assert.Equal([$"http://localhost:{block.First}", $"http://127.0.0.1:{block.Last}"], host.Application.Urls);
        foreach (var url in host.Application.Urls)
        {
            using var client = WebHost.NewClient(url);
            Assert.Equal("hello", await client.GetStringAsync("/", Token));
        }
    }

    [Fact]
    public async Task A_setting_of_Kestrel_s_for_the_number_that_the_port_has_is_named()
    {
        var port = FreePorts.Block(1).First;
        var host = OwnHost.Build(
            OwnHost.Manifest([new PortDefinition("web") { Port = port }]), new WebSetup(static _ => { }), "--Kestrel:Endpoints:Http:Url", $"http://localhost:{port}");
        var refused = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.Application.StartAsync(Token));
        Assert.Contains("Kestrel:Endpoints:Http", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{port}", refused.Message, StringComparison.Ordinal);
        await host.Application.DisposeAsync();
        Assert.True(FreePorts.BecomesFree(port));
    }

    [Fact]
    public async Task The_addresses_are_shown_and_can_t_be_changed_once_it_has_started()
    {
        await using var host = await OwnHost.StartAsync(OwnHost.Manifest([new PortDefinition("web")]), new WebSetup(static _ => { }));
        var urls = host.Application.Urls;
        Assert.True(urls.IsReadOnly);
        Assert.Single(urls);
        Assert.True(urls.Contains(urls.First()));
        var copy = new string[2];
        urls.CopyTo(copy, 1);
        Assert.Equal(urls.First(), copy[1]);
        Assert.Contains("[AdditionalPort]", Assert.Throws<NotSupportedException>(() => urls.Add("http://localhost:1")).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => urls.Remove(copy[1]));
        Assert.Throws<NotSupportedException>(urls.Clear);
    }

    [Fact]
    public async Task With_the_preferred_port_held_it_falls_back_and_says_by_whom()
    {
        var block = FreePorts.Block(3);
        using var other = FreePorts.Occupy(block.First);
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { Port = block.First, Range = block }]), new WebSetup(static app => app.MapGet("/", () => "hello")));
        Assert.Equal((block.First + 1, true), (host.Port.Port, host.Port.IsFallback));
        Assert.Contains(host.Log.Entries, e => e.Id == 3 && e.Text == $"web falls back to port {block.First + 1} instead of {block.First}");

        // Who has it is searched for 200 ms; on a loaded machine that comes later, or not at all.
        Assert.Contains(host.Log.Entries, e => e.Text.StartsWith($"Port {block.First} of web on localhost ", StringComparison.Ordinal));
        Assert.Equal([$"http://localhost:{block.First + 1}"], host.Application.Urls);
        using var client = WebHost.NewClient(host.Port.Url!);
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
    }

    [Fact]
    public async Task With_every_number_held_it_ends_before_anything_starts()
    {
        var block = FreePorts.Block(1);
        using var other = FreePorts.Occupy(block.First);
        var host = OwnHost.Build(OwnHost.Manifest([new PortDefinition("web") { Port = block.First }]), new WebSetup(static _ => { }));
        var unavailable = await Assert.ThrowsAsync<PortUnavailableException>(() => host.Application.StartAsync(Token));
        Assert.Contains("'web'", unavailable.Message, StringComparison.Ordinal);
        await host.Application.DisposeAsync();
    }

    [Fact]
    public async Task Its_health_path_answers_by_itself_before_all_that_the_application_asks_of_others()
    {
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { HealthPath = "/health" }]),
            new WebSetup(
                static app =>
                {
                    app.UseAuthorization();
                    app.MapGet("/", () => "hello");
                },
                static builder =>
                {
                    builder.Services.AddAuthentication().AddBearerToken();
                    builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
                    builder.Services.AddHealthChecks().AddCheck("mine", static () => HealthCheckResult.Healthy());
                }),
            "--Ports:DrainDelay", "5");
        using var client = WebHost.NewClient(host.Port.Url!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/", Token)).StatusCode);
        Assert.Equal("Healthy", await client.GetStringAsync("/Health", Token));
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/health"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/health/x", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync("/health", null, Token)).StatusCode);

        // While it drains it still answers, and says that it is not ready.
        var stopped = host.Application.StopAsync(Token);
        await host.Application.Services.GetRequiredService<PortRegistry>().WaitForAsync(static p => p.State == PortState.Draining);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health", Token)).StatusCode);
        await stopped;
    }

    [Fact]
    public async Task The_ports_may_be_added_to_its_health_checks_once_more()
    {
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { HealthPath = "/health" }]),
            new WebSetup(static _ => { }, static builder => builder.Services.AddHealthChecks().AddPorts()));
        using var client = WebHost.NewClient(host.Port.Url!);
        Assert.Equal("Healthy", await client.GetStringAsync("/health", Token));
    }

    [Fact]
    public async Task An_endpoint_of_the_application_s_own_on_the_health_path_goes_first()
    {
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { HealthPath = "/health" }]), new WebSetup(static app => app.MapGet("/health", () => "mine")));
        using var client = WebHost.NewClient(host.Port.Url!);
        Assert.Equal("mine", await client.GetStringAsync("/health", Token));
    }

    [Fact]
    public async Task Clients_wait_until_every_service_has_started_and_the_port_is_not_shown_as_served_before()
    {
        var blocks = FreePorts.Block(2);
        var gate = new TaskCompletionSource();
        var slow = PortServiceDefinition.For<SlowService>([new PortDefinition("slow") { Port = blocks.Last }], []);
        var host = OwnHost.Build(
            OwnHost.Manifest([new PortDefinition("web") { Port = blocks.First }], slow),
            new WebSetup(static app => app.MapGet("/", () => "hello"), builder => builder.Services.AddSingleton(new SlowService(gate.Task))));
        await using var end = host;
        var start = host.Application.StartAsync(Token);
        await host.Application.Services.GetRequiredService<PortRegistry>().WaitForAsync(static p => p is { Name: "web", State: PortState.Bound });
        using var client = WebHost.NewClient($"http://localhost:{blocks.First}");
        var answer = client.GetStringAsync("/", Token);
        await SlowService.WaitForStartAsync(host.Application.Services);
        Assert.Equal(PortState.Bound, host.Port.State);
        Assert.False(answer.IsCompleted);
        gate.SetResult();
        await start;
        Assert.Equal(PortState.Serving, host.Port.State);
        Assert.Equal("hello", await answer);
    }

    [Fact]
    public async Task The_manager_leaves_the_host_alone()
    {
        var block = FreePorts.Block(2);
        var other = PortServiceDefinition.For<SlowService>([new PortDefinition("slow") { Port = block.Last }], []);
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { Port = block.First }], other),
            new WebSetup(static app => app.MapGet("/", () => "hello"), static builder => builder.Services.AddSingleton(new SlowService(Task.CompletedTask))));
        foreach (var operation in (Func<string, CancellationToken, Task>[])[host.Manager.StartServiceAsync, host.Manager.StopServiceAsync, host.Manager.RestartServiceAsync])
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => operation("web", Token));
            Assert.Contains("'web' is the application's own host", refused.Message, StringComparison.Ordinal);
        }

        using var client = WebHost.NewClient(host.Port.Url!);
        await host.Manager.RestartServiceAsync("slow", Token);
        await host.Manager.RestartAllAsync(Token);
        Assert.Equal((PortState.Serving, block.First), (host.Port.State, host.Port.Port));
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
    }

    [Fact]
    public async Task With_a_server_of_a_test_nothing_is_bound_and_it_is_ready()
    {
        var block = FreePorts.Block(2);
        using var held = FreePorts.Occupy(block.First);
        using var heldToo = FreePorts.Occupy(block.Last);
        var slow = PortServiceDefinition.For<SlowService>([new PortDefinition("slow") { Port = block.Last }], []);
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { Port = block.First, HealthPath = "/health" }], slow),
            new WebSetup(static app => app.MapGet("/", () => "hello"), static builder =>
            {
                builder.WebHost.UseTestServer();
                builder.Services.AddSingleton(new SlowService(Task.CompletedTask));
            }));
        Assert.Equal((null, PortState.Pending, false), (host.Port.Port, host.Port.State, host.Port.IsExpected));
        using var client = host.Application.GetTestClient();
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
        Assert.Equal("Healthy", await client.GetStringAsync("/health", Token));

        // The other service has a number of its own, on loopback.
        var port = host.Manager.GetPort("slow");
        Assert.Equal(PortState.Serving, port.State);
        Assert.NotEqual(block.Last, port.Port);
        Assert.DoesNotContain(host.Log.Entries, static e => e.Id is 60 or 61 && e.Level > LogLevel.Debug);
    }

    [Theory]
    [InlineData("--urls", "http://127.0.0.1:0")]
    [InlineData("--urls", "http://[::1]:0")]
    [InlineData("app.Urls", "http://localhost:0")]
    [InlineData("--Ports:FreePorts", "true")]
    public async Task Where_the_system_shall_choose_every_port_is_free_and_on_loopback(string key, string value)
    {
        var block = FreePorts.Block(2);
        using var held = FreePorts.Occupy(block.First);
        using var heldToo = FreePorts.Occupy(block.Last);
        var slow = PortServiceDefinition.For<SlowService>([new PortDefinition("slow") { Port = block.Last, Host = "*" }], []);
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { Port = block.First, Host = "*" }], slow),
            new WebSetup(
                app =>
                {
                    app.MapGet("/", () => "hello");
                    if (key == "app.Urls")
                    {
                        app.Urls.Add(value);
                    }
                },
                static builder => builder.Services.AddSingleton(new SlowService(Task.CompletedTask))),
            key, value);
        Assert.Equal([$"http://localhost:{host.Port.Port}"], host.Application.Urls);
        if (key != "--Ports:FreePorts")
        {
            // As WebApplicationFactory may, at any moment.
            host.Application.Urls.Add(value);
            Assert.Equal([$"http://localhost:{host.Port.Port}"], host.Application.Urls);
        }

        Assert.All(host.Manager.GetStatus(), p => Assert.Equal(("localhost", PortState.Serving), (p.Host, p.State)));
        using var client = WebHost.NewClient(host.Port.Url!);
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
    }

    [Theory]
    [InlineData("http://127.0.0.1:0;http://localhost:1")]
    [InlineData("http://*:0")]
    [InlineData("http://example.org:0")]
    [InlineData("http://127.0.0.1")]
    [InlineData("nonsense")]
    public async Task Any_other_address_leaves_it_on_the_declared_port(string urls)
    {
        var block = FreePorts.Block(1);
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { Port = block.First }]), new WebSetup(static app => app.MapGet("/", () => "hello")), "--urls", urls);
        Assert.Equal((block.First, PortState.Serving), (host.Port.Port, host.Port.State));
        Assert.Contains(host.Log.Entries, static e => e is { Level: LogLevel.Warning, Id: 61 });
    }

    [Fact]
    public async Task What_the_application_says_of_its_endpoint_counts_and_an_additional_port_is_served_where_it_says_so()
    {
        var block = FreePorts.Block(2);
        using var certificate = Certificates.New();
        await using var host = await OwnHost.StartAsync(
            OwnHost.Manifest([new PortDefinition("web") { Port = block.First }, new PortDefinition("admin") { Service = "web", Port = block.Last }]),
            new WebSetup(
                static app => app.MapGet("/", (HttpContext context) => context.Request.Protocol + context.Request.Scheme),
                builder => builder.WebHost.UsePortLeases().ConfigureKestrel(kestrel =>
                {
                    kestrel.ListenOnLease("admin", static endpoint => endpoint.Protocols = HttpProtocols.Http2);
                    kestrel.ListenOnLease("web", endpoint => endpoint.UseHttps(certificate));
                })));
        Assert.Equal([$"http://localhost:{block.Last}", $"https://localhost:{block.First}"], host.Application.Urls.Order());
        Assert.Equal($"https://localhost:{block.First}", host.Port.Url);
        Assert.All(host.Manager.GetStatus(), static p => Assert.Equal(PortState.Serving, p.State));
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } });
        Assert.Equal("HTTP/1.1https", await client.GetStringAsync(host.Port.Url, Token));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://localhost:{block.Last}/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal("HTTP/2http", await (await client.SendAsync(request, Token)).Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public void A_lease_is_served_by_one_endpoint()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => OwnHost.Build(
            OwnHost.Manifest([new PortDefinition("web")]),
            new WebSetup(static _ => { }, static builder => builder.WebHost.UsePortLeases().ConfigureKestrel(static kestrel =>
            {
                kestrel.ListenOnLease("web");
                kestrel.ListenOnLease("web");
            }))));
        Assert.Contains("once", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A service whose start takes as long as the test wants, and that accepts nothing but shows itself as served.</summary>
    internal sealed class SlowService(Task ready) : IPortService
    {
        private readonly TaskCompletionSource _begun = new();

        public static Task WaitForStartAsync(IServiceProvider services) => services.GetRequiredService<SlowService>()._begun.Task;

        public Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            _begun.TrySetResult();
            return ready;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
