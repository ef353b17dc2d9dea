using Microsoft.AspNetCore.Builder;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>New connections all the time, while the service restarts and stops.</summary>
public sealed class RestartTests
{
    private static readonly WebSetup s_hello = new(static app => app.MapGet("/", () => "hello"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restarted_20_times_under_load_it_refuses_nobody_and_leaves_nobody_unanswered()
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port }], [s_hello]);
        var load = ClientLoad.Start(port, clients: 16);
        for (var i = 0; i < 20; i++)
        {
            await load.ServeAsync(LongTests.Count(50, 200, 1000));
            await host.Manager.RestartServiceAsync("rest", Token);
        }

        await load.ServeAsync(LongTests.Count(50, 200, 1000));
        await load.EndAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Stopped_under_load_it_answers_everybody_who_was_connected()
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port }], [s_hello]);
        for (var i = 0; i < LongTests.Count(5, 10, 15); i++)
        {
            await host.Manager.StartServiceAsync("rest", Token);
            var load = ClientLoad.Start(port, clients: 16);
            await load.ServeAsync(200);
            await host.Manager.StopServiceAsync("rest", Token);
            await load.EndAsync();
            Assert.DoesNotContain(load.Failures, static f => !ClientLoad.IsRefusal(f.Key));
        }
    }
}
