using System.Net;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.EndToEnd;

/// <summary>The end of a real process with web services that clients use.</summary>
public sealed class SignalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ready_says_503_before_the_first_connection_is_refused()
    {
        var ports = FreePorts.Block(2);
        await using var app = await WebProcess.StartAsync(ports, "0.5");
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
        await using var app = await WebProcess.StartAsync(ports, "0", "--Ports:StopTimeout=1");
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
        var program = WebProcess.Path;
        await using var app = AppProcess.Program(
            "unshare", ["--pid", "--fork", "--kill-child", "--mount-proc", "--net", "sh", "-c", "ip link set lo up && exec \"$0\"", program],
            ("DOTNET_RUNNING_IN_CONTAINER", "true"), ("FRONT_PORT", "9300"), ("FRONT_EXTERNAL_PORT", "80"), ("Ports__DrainDelay", "30"),
            ("ASPNETCORE_URLS", "http://*:9301"), ("ASPNETCORE_HTTP_PORTS", "9302"));
        await app.WaitForAsync("front holds port 9300 ([::]:9300)");
        await app.WaitForAsync("Application started");
        Assert.Equal([9300, 9411], ListeningPorts.Of(app.ChildId).Order());
        const string Address = "http://127.0.0.2:9300";
        Assert.Equal("200 Healthy\n200 Healthy\n200 Healthy", await GetInsideAsync(app, program, Address + "/health", Address + "/health/live", Address + "/health/ready"));
        Assert.Contains("\"externalPort\":80", await GetInsideAsync(app, program, Address + "/api/ports/status"), StringComparison.Ordinal);

        app.SignalChild(15);
        await app.WaitForAsync("Draining for 30 s");
        Assert.Equal(
            "200 front\n200 going on\n200 Healthy\n503 Unhealthy",
            await GetInsideAsync(app, program, Address, Address + "/stopping", Address + "/health/live", Address + "/health/ready"));
    }

    private static async Task<string> GetInsideAsync(AppProcess app, string program, params string[] urls)
    {
        await using var client = AppProcess.Program("nsenter", [$"--net=/proc/{app.ChildId}/ns/net", program, "get", .. urls]);
        Assert.Equal(0, await client.WaitForExitAsync());
        return client.Output;
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
