using System.Net;
using CsCheck;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.EndToEnd;

/// <summary>The end of a real process with web services that clients use.</summary>
public sealed class SignalTests
{
    private const string Front = "tests/PortGen.WebTestApp";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P28_SIGTERM_under_load_answers_every_accepted_request_and_exits_0_with_free_ports() =>
        await Gen.Select(Gen.Int[1, 8], Gen.Int[200, 1500], Gen.OneOf("0", "0.3"), Gen.OneOf(15, 2)).Array[4].SampleAsync(
            static cases => Task.WhenAll(cases.Select(static c => AssertEndsWellAsync(c.Item1, c.Item2, c.Item3, c.Item4))), iter: LongTests.Count(2, 25), threads: 1);

    [Fact]
    public async Task Ready_says_503_before_the_first_connection_is_refused()
    {
        var ports = FreePorts.Block(2);
        await using var app = await StartAsync(ports, "0.5");
        using var client = WebHost.NewClient($"http://127.0.0.1:{ports.First}");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "/health/ready"));
        app.Signal(15);
        var answers = new List<HttpStatusCode?>();
        do
        {
            answers.Add(await AskAsync(client, "/health/ready"));
        }
        while (answers[^1] is not null);

        // 200 until the signal is noticed, then 503 and nothing else until nobody answers any more.
        var draining = answers.SkipWhile(static a => a == HttpStatusCode.OK).ToList();
        Assert.True(draining.Count > 1);
        Assert.All(draining.SkipLast(1), static a => Assert.Equal(HttpStatusCode.ServiceUnavailable, a));
        Assert.Equal(0, await app.WaitForExitAsync());
    }

    [Fact]
    public async Task A_request_that_takes_longer_than_the_stop_timeout_is_cut()
    {
        var ports = FreePorts.Block(2);
        await using var app = await StartAsync(ports, "0", "--Ports:StopTimeout=1");
        using var client = WebHost.NewClient($"http://127.0.0.1:{ports.First}");
        var slow = client.GetAsync("/slow/600000", Token);
        await app.WaitForAsync("slow begins");
        app.Signal(15);
        await Assert.ThrowsAsync<HttpRequestException>(() => slow);
        Assert.Equal(0, await app.WaitForExitAsync());
    }

    [Fact]
    public async Task As_process_1_of_a_container_it_listens_on_all_interfaces_tells_its_health_and_drains()
    {
        Assert.SkipUnless(AppProcess.CanUnshare(), "namespaces can't be made here: unshare(1) is missing or not permitted");
        var program = AppProcess.PathOf(Front, "PortGen.WebTestApp");
        await using var app = AppProcess.Program(
            "unshare", ["--pid", "--fork", "--kill-child", "--mount-proc", "--net", "sh", "-c", "ip link set lo up && exec \"$0\"", program],
            ("DOTNET_RUNNING_IN_CONTAINER", "true"), ("FRONT_PORT", "9300"), ("FRONT_EXTERNAL_PORT", "80"), ("Ports__DrainDelay", "30"));
        await app.WaitForAsync("front holds port 9300 ([::]:9300)");
        await app.WaitForAsync("Application started");
        const string Address = "http://127.0.0.2:9300";
        Assert.Equal("200 Healthy\n200 Healthy\n200 Healthy", await GetInsideAsync(app, program, Address + "/health", Address + "/health/live", Address + "/health/ready"));
        Assert.Contains("\"externalPort\":80", await GetInsideAsync(app, program, Address + "/api/ports/status"), StringComparison.Ordinal);

        app.SignalChild(15);
        await app.WaitForAsync("Draining for 30 s");
        Assert.Equal("200 front\n200 Healthy\n503 Unhealthy", await GetInsideAsync(app, program, Address, Address + "/health/live", Address + "/health/ready"));
    }

    private static async Task<string> GetInsideAsync(AppProcess app, string program, params string[] urls)
    {
        await using var client = AppProcess.Program("nsenter", [$"--net=/proc/{app.ChildId}/ns/net", program, "get", .. urls]);
        Assert.Equal(0, await client.WaitForExitAsync());
        return client.Output;
    }

    private static async Task<AppProcess> StartAsync(PortRange ports, string drainDelay, params string[] more)
    {
        var app = AppProcess.Program(
            AppProcess.PathOf(Front, "PortGen.WebTestApp"), [$"--Ports:front:Port={ports.First}", $"--Ports:back:Port={ports.Last}", $"--Ports:DrainDelay={drainDelay}", .. more]);
        await app.WaitForAsync("Application started");
        return app;
    }

    private static async Task AssertEndsWellAsync(int slow, int milliseconds, string drainDelay, int signal)
    {
        var ports = FreePorts.Block(2);
        await using var app = await StartAsync(ports, drainDelay, "--Ports:StopTimeout=30");
        using var client = WebHost.NewClient($"http://127.0.0.1:{ports.First}");
        var answers = Enumerable.Range(0, slow).Select(_ => client.GetStringAsync($"/slow/{milliseconds}", Token)).ToList();
        await app.WaitForAsync("slow begins", slow);
        var load = ClientLoad.Start(ports.First, clients: 4);
        await load.ServeAsync(20);
        app.Signal(signal);
        Assert.All(await Task.WhenAll(answers), static a => Assert.Equal("slow", a));
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.All(Enumerable.Range(ports.First, 2), static p => Assert.True(FreePorts.BecomesFree(p)));
        await load.EndAsync();
        Assert.DoesNotContain(load.Failures, static f => !ClientLoad.IsRefusal(f.Key));
        Assert.Empty(app.Errors);
        Assert.DoesNotContain("did not stop cleanly", app.Output, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode?> AskAsync(HttpClient client, string path)
    {
        try
        {
            using var answer = await client.GetAsync(path, Token);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
