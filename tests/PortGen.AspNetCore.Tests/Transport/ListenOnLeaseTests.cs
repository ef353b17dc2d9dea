using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Transport;

/// <summary>An application's own web host on a lease.</summary>
public sealed class ListenOnLeaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_application_s_own_Kestrel_finds_the_lease_wherever_it_is_and_serves_other_endpoints_too()
    {
        var block = FreePorts.Block(3);
        using var other = FreePorts.Occupy(block.First);
        await using var app = await StartAsync(block, static kestrel => kestrel.ListenOnLease("rest"), besides: block.Last);
        var port = app.Services.GetRequiredService<PortRegistry>().GetPort("rest");
        Assert.Equal((block.First + 1, PortState.Serving), (port.Port, port.State));
        using var client = WebHost.NewClient(port.Url!);
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
        Assert.Equal("hello", await client.GetStringAsync($"http://[::1]:{port.Port}/", Token));
        Assert.Equal("hello", await client.GetStringAsync($"http://127.0.0.1:{block.Last}/", Token));

        // Its service does nothing; what Kestrel serves goes on.
        await app.Services.GetRequiredService<PortManager>().RestartServiceAsync("rest", Token);
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
        await app.StopAsync(Token);
        Assert.True(FreePorts.BecomesFree(block.First + 1));
    }

    [Fact]
    public async Task Stopped_under_load_it_answers_everybody_who_was_connected()
    {
        for (var i = 0; i < LongTests.Count(3, 5, 15); i++)
        {
            var block = FreePorts.Block(1);
            await using var app = await StartAsync(block, static kestrel => kestrel.ListenOnLease("rest"));
            var load = ClientLoad.Start(block.First, clients: 16);
            await load.ServeAsync(200);
            await app.StopAsync(Token);
            await load.EndAsync();
            Assert.DoesNotContain(load.Failures, static f => !ClientLoad.IsRefusal(f.Key));
        }
    }

    [Fact]
    public async Task HTTPS_and_HTTP_2_are_Kestrel_s_own_HTTP_3_is_off_and_the_status_has_the_scheme()
    {
        using var certificate = Certificates.New();
        var block = FreePorts.Block(1);
        ListenOptions? options = null;
        await using var app = await StartAsync(block, kestrel => kestrel.ListenOnLease("rest", endpoint =>
        {
            options = endpoint;
            endpoint.Protocols = HttpProtocols.Http1AndHttp2AndHttp3;
            endpoint.UseHttps(certificate);
        }));
        Assert.Equal(HttpProtocols.Http1AndHttp2, options!.Protocols);
        var url = app.Services.GetRequiredService<PortRegistry>().GetPort("rest").Url;
        Assert.Equal($"https://localhost:{block.First}", url);
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, received, _, _) => received!.GetCertHashString() == certificate.GetCertHashString() } });
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var answer = await client.SendAsync(request, Token);
            Assert.Equal((version, "hello"), (answer.Version, await answer.Content.ReadAsStringAsync(Token)));
            Assert.False(answer.Headers.Contains("Alt-Svc"));
        }
    }

    [Fact]
    public async Task HTTP_2_without_TLS_works_where_it_is_asked_for()
    {
        var block = FreePorts.Block(1);
        await using var app = await StartAsync(block, static kestrel => kestrel.ListenOnLease("rest", static endpoint => endpoint.Protocols = HttpProtocols.Http2));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{block.First}/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.SendAsync(request, Token);
        Assert.Equal(HttpVersion.Version20, answer.Version);
    }

    [Fact]
    public async Task A_lease_that_nobody_declares_fails_the_start_by_its_name()
    {
        var e = await Assert.ThrowsAsync<InvalidOperationException>(static async () => await StartAsync(FreePorts.Block(1), static kestrel => kestrel.ListenOnLease("rset")));
        Assert.Contains("'rset'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_web_host_that_does_not_use_leases_says_what_to_call()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ListenOnLease("rest"));
        var e = Assert.Throws<InvalidOperationException>(builder.Build);
        Assert.Contains("UsePortLeases", e.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(PortRange range, Action<KestrelServerOptions> configure, int? besides = null)
    {
        var builder = WebApplication.CreateSlimBuilder(["--environment", "Production", "--hostBuilder:reloadConfigOnChange", "false"]);
        builder.Logging.ClearProviders();
        PortHostBuilderExtensions.AddPortServices(builder, new PortManifest(
            [PortServiceDefinition.For<IdleService>([new PortDefinition("rest") { Port = range.First, Range = range }], [])], [["rest"]]));
        builder.WebHost.UsePortLeases().ConfigureKestrel(kestrel =>
        {
            configure(kestrel);
            if (besides is { } port)
            {
                kestrel.ListenLocalhost(port);
            }
        });
        var app = builder.Build();
        app.MapGet("/", static () => "hello");
        try
        {
            await app.StartAsync(Token);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private sealed class IdleService : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
