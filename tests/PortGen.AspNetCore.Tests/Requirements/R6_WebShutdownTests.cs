using CsCheck;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Requirements;

/// <summary>R6: the end of a process with web services that is told to stop.</summary>
public sealed class R6_WebShutdownTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P28_SIGTERM_under_load_answers_every_accepted_request_and_exits_0_with_free_ports() =>
        await Gen.Select(Gen.Int[1, 8], Gen.Int[200, 1500], Gen.OneOf("0", "0.3"), Gen.OneOf(15, 2)).Array[4].SampleAsync(
            static cases => Task.WhenAll(cases.Select(static c => AssertEndsWellAsync(c.Item1, c.Item2, c.Item3, c.Item4))), iter: LongTests.Count(1, 10, 25), threads: 1);

    private static async Task AssertEndsWellAsync(int slow, int milliseconds, string drainDelay, int signal)
    {
        var ports = FreePorts.Block(2);
        await using var app = await WebProcess.StartAsync(ports, drainDelay, "--Ports:StopTimeout=30");
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
}
