using System.Net;
using System.Text.Json;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Status;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Requirements;

/// <summary>R3: what is told of the ports over HTTP.</summary>
public sealed class R3_StatusEndpointTests
{
    // Each case has a host and ports of its own, and waits most of the time: a web service takes a tenth of a second to stop.
    private const int Threads = 4;

    private static readonly string[] s_names = ["s0", "s1", "s2"];

    private enum Step
    {
        Stop,
        Start,
        Restart,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P12_An_HTTP_endpoint_reports_current_assignments()
    {
        await Gen.Select(Gen.Enum<Step>(), Gen.Int[1, 2]).Array[1, 4].SampleAsync(static async steps =>
        {
            var block = FreePorts.Block(6);
            await using var host = await WebHost.StartAsync(Ports(block), [Status(null), Plain(), Plain()]);
            using var client = WebHost.NewClient($"http://127.0.0.1:{block.First}");
            foreach (var (step, place) in steps)
            {
                var name = s_names[place];
                await (step switch
                {
                    Step.Stop => host.Manager.StopServiceAsync(name, Token),
                    Step.Start => host.Manager.StartServiceAsync(name, Token),
                    _ => host.Manager.RestartServiceAsync(name, Token),
                });
                var document = await ReadAsync(client);
                Assert.Equal((document.Ports.All(static p => p.Status == "serving") ? "ok" : "degraded", "Production"), (document.Status, document.Environment));
                Assert.Equal(host.Manager.GetStatus().Select(static p => (p.Name, p.Service, p.Port, p.PreferredPort, p.Host, p.IsFallback, p.Url, p.PublicUrl, p.ExternalPort, p.AllocatedAt, p.BindAttempts)),
                    document.Ports.Select(static p => (p.Name, p.Service, p.Port, p.PreferredPort, p.Host, p.Fallback, p.Url, p.PublicUrl, p.ExternalPort, p.AllocatedAt, p.BindAttempts)));

                // What it says is so: whoever is told to serve answers at the address that is told.
                foreach (var port in document.Ports)
                {
                    Assert.Equal(port.Status == "serving" ? HttpStatusCode.OK : null, await AskAsync(client, port.Url));
                }

                Assert.Equal(step == Step.Stop ? "released" : "serving", document.Ports[place].Status);
            }
        }, iter: 100, threads: Threads);
    }

    [Fact]
    public async Task P13_It_returns_name_requested_and_actual_port_state_attempts_and_to_whom_may_know_the_holder()
    {
        var found = 0;
        await Gen.Select(Gen.Bool.Array[3], Gen.Bool.Array[3], Gen.OneOf("Development", "Production"), Gen.OneOf<string?>(null, "nobody", "everybody"), Gen.Bool).SampleAsync(async (taken, hasRange, environment, policy, isExternal) =>
        {
            var block = FreePorts.Block(6);
            PortDefinition[] ports = [.. Ports(block).Select((p, i) => p with
            {
                Range = hasRange[i] || i == 0 ? p.Range : null,
                Required = i == 0,
            })];
            List<System.Net.Sockets.Socket> others = [.. ports.Where((_, i) => taken[i]).Select(static p => FreePorts.Occupy(p.Port))];
            await using var host = await WebHost.StartAsync(ports, [Status(policy), Plain(), Plain()], ("environment", environment), (isExternal ? "Ports:s0:ExternalPort" : "Ports:s0:Required", isExternal ? "80" : "true"));
            using var client = WebHost.NewClient(host.Manager.GetPort("s0").Url!);
            var document = await ReadAsync(client);
            others.ForEach(static o => o.Dispose());
            Assert.Equal(environment, document.Environment);
            var shows = environment == "Development" || policy == "everybody";
            for (var i = 0; i < 3; i++)
            {
                var (entry, isLeftOut, known) = (document.Ports[i], taken[i] && ports[i].Range is null, host.Manager.GetPort(s_names[i]));
                Assert.Equal((s_names[i], s_names[i], ports[i].Port, "localhost"), (entry.Name, entry.Service, entry.PreferredPort, entry.Host));
                Assert.Equal((isLeftOut ? "failed" : "serving", taken[i] && !isLeftOut), (entry.Status, entry.Fallback));
                Assert.Equal(isLeftOut ? null : taken[i] ? ports[i].Port + 1 : ports[i].Port, entry.Port);
                Assert.Equal(entry.Port is { } actual ? $"http://localhost:{actual}" : null, entry.Url);
                Assert.Equal((i == 0 && isExternal ? 80 : (int?)null, !isLeftOut), (entry.ExternalPort, entry.AllocatedAt is not null));
                Assert.InRange(entry.BindAttempts, taken[i] && !isLeftOut ? 2 : 1, int.MaxValue);
                Assert.Equal(shows ? known.HeldBy : null, entry.HeldBy);
                Assert.True(known.HeldBy is null || taken[i]);
                Interlocked.Add(ref found, known.HeldBy == "this process" ? 1 : 0);
            }
        }, iter: 100, threads: Threads);

        // The search has a limit of 200 ms, which a loaded machine may miss now and then.
        Assert.NotEqual(0, found);
    }

    [Theory]
    [InlineData("ok", PortState.Serving, PortState.Serving)]
    [InlineData("ok")]
    [InlineData("starting", PortState.Serving, PortState.Pending)]
    [InlineData("starting", PortState.Bound, PortState.Failed)]
    [InlineData("degraded", PortState.Serving, PortState.Failed)]
    [InlineData("degraded", PortState.Serving, PortState.Released)]
    [InlineData("failed", PortState.Failed, PortState.Released)]
    [InlineData("stopping", PortState.Draining, PortState.Failed, PortState.Released)]
    public void The_status_of_all_is_that_of_the_worst(string status, params PortState[] states)
    {
        PortStatus[] ports = [.. states.Select(static (s, i) => new PortStatus { Name = $"p{i}", Service = $"p{i}", PreferredPort = 0, Host = "*", State = s })];
        Assert.Equal(status, new PortSummary(ports).Status);

        // One that is not to be held, because the host has a test's server, doesn't count.
        Assert.Equal(status, new PortSummary([.. ports, new PortStatus { Name = "web", Service = "web", PreferredPort = 0, Host = "*", IsExpected = false }]).Status);
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_without_a_body_and_nothing_is_cached()
    {
        await using var host = await WebHost.StartAsync([new PortDefinition("rest")], [Status(null)]);
        using var client = WebHost.NewClient(host.Manager.GetPort("rest").Url!);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using var answer = await client.SendAsync(new HttpRequestMessage(method, "/api/ports/status"), Token);
            Assert.Equal(("application/json", "no-store"), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.ToString()));
            Assert.Equal(method == HttpMethod.Get, (await answer.Content.ReadAsStringAsync(Token)).Length > 0);
        }
    }

    private static PortDefinition[] Ports(PortRange block) =>
        [.. s_names.Select((n, i) => new PortDefinition(n) { Port = block.First + (2 * i), Range = new PortRange(block.First + (2 * i), block.First + (2 * i) + 1) })];

    private static WebSetup Plain() => new(static app => app.MapGet("/", static () => "here"));

    private static WebSetup Status(string? policy) => new(
        app =>
        {
            app.MapGet("/", static () => "here");
            app.MapPortStatus(holderPolicy: policy);
        },
        static builder => builder.Services.AddAuthorizationBuilder().AddPolicy("nobody", static p => p.RequireAssertion(static _ => false)).AddPolicy("everybody", static p => p.RequireAssertion(static _ => true)));

    private static async Task<PortStatusDocument> ReadAsync(HttpClient client)
    {
        var json = await client.GetStringAsync("/api/ports/status", Token);
        return JsonSerializer.Deserialize<PortStatusDocument>(json, new JsonSerializerOptions { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow })!;
    }

    private static async Task<HttpStatusCode?> AskAsync(HttpClient client, string? url)
    {
        if (url is null)
        {
            return null;
        }

        using var answer = await client.GetAsync(url, Token);
        return answer.StatusCode;
    }
}
