using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>Requests on connections that are kept alive, while the service restarts and stops. Plain Kestrel, which has no restart, loses some at its stop.</summary>
public sealed class KeptAliveTests
{
    private static readonly Version[] s_versions = [HttpVersion.Version11, HttpVersion.Version20];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Versions => [.. s_versions.Select(static v => v.Major)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Restarted_under_load_it_loses_no_request(int version)
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port }], [Hello(version)]);
        using var load = PostLoad.Start($"http://localhost:{port}", s_versions[version - 1], clients: 30);
        for (var i = 0; i < LongTests.Count(5, 20, 100); i++)
        {
            await load.ServeAsync(LongTests.Count(300, 1000, 2000));
            await host.Manager.RestartServiceAsync("rest", Token);
        }

        await load.ServeAsync(300);
        await load.EndAsync();
        TestContext.Current.SendDiagnosticMessage("HTTP/{0}: {1} requests, lost: {2}", version, load.Served, string.Join(", ", load.Failures));
        Assert.Empty(load.Failures);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Told_to_stop_under_load_a_host_that_serves_by_itself_loses_no_request(int version)
    {
        var (served, lost, plain) = (0, new List<string>(), 0);
        for (var i = 0; i < LongTests.Count(2, 5, 20); i++)
        {
            await using var host = await OwnHost.StartAsync(OwnHost.Manifest([new PortDefinition("web")]), Hello(version), "--Ports:DrainDelay", "0.3");
            using var load = PostLoad.Start(host.Port.Url!, s_versions[version - 1], clients: 30);
            await load.ServeAsync(LongTests.Count(500, 1000, 5000));
            await host.Application.StopAsync(Token);
            await load.EndAsync();
            served += load.Served;
            lost.AddRange(load.Failures.Select(static f => $"{f.Key} ({f.Value})"));
            plain += await LostByPlainKestrelAsync(version);
        }

        TestContext.Current.SendDiagnosticMessage("HTTP/{0}: {1} requests, lost: {2}; plain Kestrel lost {3}", version, served, string.Join(", ", lost), plain);
        Assert.Empty(lost);
    }

    private static async Task<int> LostByPlainKestrelAsync(int version)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Hello(version).ConfigureBuilder!(builder);
        await using var application = builder.Build();
        Hello(version).Configure(application);
        await application.StartAsync(Token);
        using var load = PostLoad.Start(application.Urls.Single(), s_versions[version - 1], clients: 30);
        await load.ServeAsync(500);
        await application.StopAsync(Token);
        await load.EndAsync();
        return load.Failures.Values.Sum();
    }

    private static WebSetup Hello(int version) => new(
        static app => app.MapPost("/", static async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            return "hello";
        }),
        builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1)));
}
