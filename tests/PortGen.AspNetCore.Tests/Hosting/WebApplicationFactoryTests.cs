extern alias Web;

using System.Globalization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>samples/Web, tested as its users would test theirs.</summary>
public sealed class WebApplicationFactoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thirty_at_once_with_one_exact_port_that_another_program_holds(bool isKestrel)
    {
        var port = FreePorts.Block(1).First;
        using var held = FreePorts.Occupy(port);
        var used = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => AskAsync(port, isKestrel))));
        if (isKestrel)
        {
            Assert.Equal(30, used.Distinct().Count());
            Assert.DoesNotContain(port, used);
        }
        else
        {
            Assert.All(used, static p => Assert.Null(p));
        }
    }

    // The number that the application got.
    private static async Task<int?> AskAsync(int port, bool isKestrel)
    {
        await using var factory = new Factory(port);
        if (isKestrel)
        {
            factory.UseKestrel(0);
            factory.StartServer();
        }

        using var client = factory.CreateClient();
        Assert.Equal("Hello World!", await client.GetStringAsync("/", Token));
        var web = factory.Services.GetRequiredService<PortRegistry>().GetPort("web");
        Assert.Equal(isKestrel ? web.Port : 80, client.BaseAddress!.Port);
        Assert.Equal(isKestrel ? PortState.Serving : PortState.Pending, web.State);
        return web.Port;
    }

    // UseKestrel is ignored on what WithWebHostBuilder gives (Microsoft.AspNetCore.Mvc.Testing 10.0.12).
    private sealed class Factory(int port) : WebApplicationFactory<Web::Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.UseSetting("Ports:web:Port", port.ToString(CultureInfo.InvariantCulture));
    }
}
