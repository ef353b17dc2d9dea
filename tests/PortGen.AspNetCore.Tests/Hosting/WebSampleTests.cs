using System.Net;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>samples/Web as a process, in the environments in which web applications live.</summary>
public sealed class WebSampleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("ASPNETCORE_ENVIRONMENT=Development ASPNETCORE_URLS=https://localhost:7272;http://localhost:5282 DOTNET_LAUNCH_PROFILE=https")]
    [InlineData("ASPNETCORE_HTTP_PORTS=8080")]
    [InlineData("ASPNETCORE_URLS=http://localhost:5210 ASPNETCORE_PREFERHOSTINGURLS=true")]
    public async Task It_says_one_address_that_is_true_and_warns_of_nothing(string variables)
    {
        var port = FreePorts.Block(1).First;
        await using var app = Start(variables, $"--Ports:web:Port={port}", $"--Ports:web:DevelopmentPort={port}");
        await app.WaitForAsync("Application started");
        Assert.Single(app.Output.Split('\n'), static l => l.Contains("Now listening on", StringComparison.Ordinal));
        Assert.Contains($"Now listening on: http://localhost:{port}", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Overriding", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warn: PortGen[61]", app.Output, StringComparison.Ordinal);
        using var client = WebHost.NewClient($"http://localhost:{port}");
        Assert.Equal("Hello World!", await client.GetStringAsync("/", Token));
        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.Contains($"web has released port {port}", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_the_variables_of_IIS_it_says_that_and_is_not_shown_as_serving()
    {
        var port = FreePorts.Block(1).First;
        await using var app = Start("ASPNETCORE_TOKEN=secret ASPNETCORE_PORT=12345 ASPNETCORE_APPL_PATH=/", $"--Ports:web:Port={port}");
        await app.WaitForAsync("PG3004");
        await app.WaitForAsync("Application started");
        Assert.Contains("ASPNETCORE_PORT, ASPNETCORE_TOKEN", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("web serves on port", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", app.Output, StringComparison.Ordinal);
        using var client = WebHost.NewClient($"http://localhost:{port}");
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/", Token)).StatusCode);
    }

    [Theory]
    [InlineData("--take-over", "PortGen[51]")]
    [InlineData("--force-restart", "Application is shutting down")]
    public async Task A_second_one_takes_its_port_over_or_ends_it_by_the_option_alone(string option, string end)
    {
        var port = FreePorts.Block(1).First;
        string[] args = [$"--Ports:web:Port={port}", $"--Ports:Application={Guid.NewGuid():N}"];
        await using var first = Start("", args);
        await first.WaitForAsync("Application started");
        var load = option == "--take-over" ? ClientLoad.Start(port, clients: 4) : null;
        await using var second = Start("", [.. args, option]);
        await second.WaitForAsync("Application started");
        await first.WaitForAsync(end);
        Assert.Equal(0, await first.WaitForExitAsync());
        using var client = WebHost.NewClient($"http://localhost:{port}");
        Assert.Equal("Hello World!", await client.GetStringAsync("/", Token));
        if (load is not null)
        {
            await load.EndAsync();
            Assert.Empty(load.Failures);
        }
    }

    [Fact]
    public async Task Its_settings_are_checked_as_any_other_service_s_are()
    {
        await using var app = Start("", "--Ports:web:Required=false");
        Assert.NotEqual(0, await app.WaitForExitAsync());
        Assert.Contains("PG1012: Port 'web' is served by the application's own host, so it can't be optional", app.Output + app.Errors, StringComparison.Ordinal);
    }

    private static AppProcess Start(string variables, params string[] args) => AppProcess.Program(
        "/usr/bin/env", [.. variables.Split(' ', StringSplitOptions.RemoveEmptyEntries), AppProcess.PathOf("samples/Web", "Web"), .. args]);
}
