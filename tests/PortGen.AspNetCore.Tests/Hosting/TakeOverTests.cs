using System.Net;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>A start takes the ports of web services over from the one that runs.</summary>
public sealed class TakeOverTests
{
    [Fact]
    public async Task No_request_is_lost_on_kept_alive_connections_or_on_new_ones()
    {
        var ports = FreePorts.Block(2);
        string[] args = [$"--Ports:Application={Guid.NewGuid():N}"];
        var app = await WebProcess.StartAsync(ports, "0", args);
        using var kept = PostLoad.Start($"http://localhost:{ports.First}", HttpVersion.Version11, clients: 16);
        var fresh = ClientLoad.Start(ports.First, clients: 8);
        var count = LongTests.Count(2, 4, 50);
        for (var i = 0; i < count; i++)
        {
            await kept.ServeAsync(LongTests.Count(300, 500, 2000));
            var next = await WebProcess.StartAsync(ports, "0", [.. args, "--take-over"]);
            Assert.Equal(0, await app.WaitForExitAsync());
            await app.DisposeAsync();
            app = next;
        }

        await kept.ServeAsync(100);
        await kept.EndAsync();
        await fresh.EndAsync();
        await app.DisposeAsync();
        TestContext.Current.SendDiagnosticMessage("{0} take-overs, {1} POSTs and {2} new connections, lost: {3}", count, kept.Served, fresh.Served, string.Join(", ", kept.Failures.Concat(fresh.Failures)));
        Assert.Empty(kept.Failures);
        Assert.Empty(fresh.Failures);
    }

    [Fact]
    public async Task A_request_that_takes_its_time_is_answered_by_the_one_that_began_it()
    {
        LongTests.SkipUnlessMiddle();
        var ports = FreePorts.Block(2);
        string[] args = [$"--Ports:Application={Guid.NewGuid():N}"];
        await using var app = await WebProcess.StartAsync(ports, "0", args);
        using var client = WebHost.NewClient($"http://127.0.0.1:{ports.First}");
        client.Timeout = TimeSpan.FromMinutes(2);
        var slow = client.GetStringAsync("/slow/20000", TestContext.Current.CancellationToken);
        await app.WaitForAsync("slow begins");
        await using var next = await WebProcess.StartAsync(ports, "0", [.. args, "--take-over"]);
        await app.WaitForAsync("PortGen[51]");
        Assert.Equal("front", await client.GetStringAsync("/", TestContext.Current.CancellationToken));

        // The next one needn't wait until the first has gone.
        await using var third = await WebProcess.StartAsync(ports, "0", [.. args, "--take-over"]);
        Assert.Equal(0, await next.WaitForExitAsync());
        Assert.False(app.HasExited);
        Assert.Equal("front", await client.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Equal("slow", await slow);
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.Equal("front", await client.GetStringAsync("/", TestContext.Current.CancellationToken));
    }
}
