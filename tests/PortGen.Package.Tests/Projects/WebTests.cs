using System.Net;
using System.Net.Sockets;
using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Projects;

/// <summary>A web application on the package for ASP.NET Core, which brings the other one along.</summary>
public sealed class WebTests(LocalFeed feed) : PackageTest(feed)
{
    [Fact]
    public async Task A_web_service_answers_on_its_port_and_tells_the_status()
    {
        Write("App/App.csproj", Texts.Application().Replace("Microsoft.NET.Sdk", "Microsoft.NET.Sdk.Web", StringComparison.Ordinal).Replace("Include=\"PortGen\"", "Include=\"PortGen.AspNetCore\"", StringComparison.Ordinal));
        Write("App/appsettings.json", """{ "Ports": { "rest": { "HealthPath": "/health" } } }""");
        Write("App/Program.cs", Texts.Program + """
            [PortService("rest")]
            public sealed class RestApiServer : WebPortService
            {
                protected override void Configure(WebApplication app)
                {
                    app.MapGet("/", () => "hello");
                    app.MapPortStatus();
                }
            }
            """);
        var build = await BuildAsync("publish", "App", "-o", PathOf("out"), "-warnaserror");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Equal(1, BuildLog.TaskRuns(LastLog));
        Assert.Contains("\"/health\"", await File.ReadAllTextAsync(PathOf("out/App.ports.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await using var app = new ServedApplication(Start(PathOf("out/App")));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await app.PortAsync("rest")}") };
        Assert.Equal("hello", await client.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Contains("\"rest\"", await client.GetStringAsync("/api/ports/status", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("Healthy", await client.GetStringAsync("/health", TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await app.StopAsync());
    }

    [Fact]
    public async Task A_build_that_writes_the_OpenAPI_document_binds_nothing_and_starts_nothing()
    {
        LongTests.SkipUnlessMiddle();

        // The port is taken and the only one allowed: a build that started the application would fail, and say so.
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        Write("App/App.csproj", Texts.Application(
            "<OpenApiDocumentsDirectory>.</OpenApiDocumentsDirectory>",
            """
            <PackageReference Include="Microsoft.AspNetCore.OpenApi" Version="10.0.12" />
            <PackageReference Include="Microsoft.OpenApi" Version="2.12.1" />
            <PackageReference Include="Microsoft.Extensions.ApiDescription.Server" Version="10.0.12" PrivateAssets="all" />
            """).Replace("Microsoft.NET.Sdk", "Microsoft.NET.Sdk.Web", StringComparison.Ordinal));
        Write("App/Program.cs", $$"""
            var builder = WebApplication.CreateBuilder(args);
            builder.Services.AddOpenApi();
            builder.AddPortServices();
            var app = builder.Build();
            app.MapOpenApi();
            app.MapGet("/hello", () => "hello");
            app.Run();

            {{Texts.Service("echo", $", Port = {((IPEndPoint)holder.LocalEndPoint!).Port}")}}
            """);
        var build = await BuildAsync("build", "App");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Contains("\"/hello\"", await File.ReadAllTextAsync(PathOf("App/App.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // Outside the build it does start, and finds its port taken.
        var run = await DotnetAsync("run", "--no-build", "--project", "App");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("PG3001", run.Output, StringComparison.Ordinal);
    }
}
