using System.Net;
using System.Net.Sockets;
using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Projects;

/// <summary>The .NET SDK's templates of web applications, with a using and the two lines of the README, while another program has the preferred port.</summary>
public sealed class TemplateTests(LocalFeed feed) : PackageTest(feed)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("web", "/", "Hello World!")]
    [InlineData("webapi", "/weatherforecast", "temperatureC")]
    [InlineData("mvc", "/", "Welcome")]
    [InlineData("blazor", "/", "Hello, world!")]
    public async Task It_serves_on_the_next_port(string template, string path, string text)
    {
        if (template != "web")
        {
            LongTests.SkipUnlessMiddle();
        }

        Assert.Equal(0, (await DotnetAsync("new", template, "-o", "Site", "--no-restore")).ExitCode);
        Assert.Equal(0, (await DotnetAsync("add", "Site", "package", "PortGen.AspNetCore", "--version", LocalFeed.Version, "--no-restore")).ExitCode);
        if (template == "webapi")
        {
            // The only version that the tests' source has.
            Assert.Equal(0, (await DotnetAsync("add", "Site", "package", "Microsoft.OpenApi", "--version", "2.12.1", "--no-restore")).ExitCode);
        }

        using var holder = Hold(out var port);
        var before = await File.ReadAllLinesAsync(PathOf("Site/Program.cs"), Token);
        var after = Change(before, port);
        Assert.Equal(3, after.Length - before.Length);
        await File.WriteAllLinesAsync(PathOf("Site/Program.cs"), after, Token);
        var build = await BuildAsync("build", "Site", "-warnaserror");
        Assert.True(build.ExitCode == 0, build.Output);

        var run = Start(PathOf("Site/bin/Debug/net10.0/Site"));
        run.WorkingDirectory = PathOf("Site");
        run.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        run.Environment["ASPNETCORE_URLS"] = "http://localhost:1";
        run.Environment["DOTNET_LAUNCH_PROFILE"] = "http";
        await using var app = new ServedApplication(run);
        Assert.InRange(await app.PortAsync("web"), port + 1, port + 9);
        using var client = new HttpClient();
        Assert.Contains(text, await client.GetStringAsync($"http://127.0.0.1:{await app.PortAsync("web")}{path}", Token), StringComparison.Ordinal);
        Assert.DoesNotContain("Overriding", app.Output, StringComparison.Ordinal);
        Assert.Equal(0, await app.StopAsync());
    }

    // The change that the README asks for.
    private static string[] Change(string[] lines, int port) =>
    [
        "using PortGen;",
        .. lines.SelectMany(static l => l.StartsWith("var builder = ", StringComparison.Ordinal) ? new[] { l, "builder.AddPortServices();" } : [l]),
        $"[PortService(\"web\", Port = {port}, Range = \"{port}-{port + 9}\")] public partial class Program;",
    ];

    // Below the ephemeral range, or the compiler would warn.
    private static Socket Hold(out int port)
    {
        while (true)
        {
            port = Random.Shared.Next(20000, 30000);
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                socket.Listen();
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }
    }
}
