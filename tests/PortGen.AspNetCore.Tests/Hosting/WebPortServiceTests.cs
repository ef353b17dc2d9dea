using Microsoft.AspNetCore.Builder;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

public sealed class WebPortServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_on_both_addresses_of_its_lease()
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port, HealthPath = "/api/health" }], [new WebSetup(static app =>
        {
            app.MapGet("/", () => "hello");
            app.MapPortStatus();
            app.MapPortHealth();
        })]);
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
        Assert.Equal("hello", await client.GetStringAsync($"http://[::1]:{port}/", Token));
        Assert.Equal("Healthy", await client.GetStringAsync("/api/health", Token));
        Assert.Equal("Healthy", await client.GetStringAsync("/health/ready", Token));
        Assert.Equal("Healthy", await client.GetStringAsync("/health/live", Token));
    }
}
