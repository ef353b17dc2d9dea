using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Projects;

/// <summary>Services that live in libraries.</summary>
public sealed class LibraryTests(LocalFeed feed) : PackageTest(feed)
{
    [Theory]
    [InlineData("-m")]
    [InlineData("-mt")]
    public async Task An_application_has_its_library_s_ports_and_its_settings_are_checked_against_them(string parallel)
    {
        if (parallel == "-mt")
        {
            LongTests.SkipUnlessMiddle();
        }

        Write("Lib/Lib.csproj", Texts.Application().Replace("<OutputType>Exe</OutputType>", "", StringComparison.Ordinal));
        Write("Lib/Servers.cs", Texts.Service("time", modifiers: "internal sealed") + Texts.Service("oauth"));
        Write("App/App.csproj", Texts.Application(items: "<ProjectReference Include=\"../Lib/Lib.csproj\" />"));
        Write("App/Program.cs", Texts.Program + Texts.Service("echo", ", DependsOn = [typeof(OauthServer)]"));
        Write("App/appsettings.json", """{ "Ports": { "time": { "HealthPath": "/" } } }""");
        var build = await BuildAsync("build", "App", parallel, "-warnaserror");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Equal(2, BuildLog.TaskRuns(LastLog));
        Assert.False(File.Exists(PathOf("Lib/bin/Debug/net10.0/Lib.ports.json")));
        var manifest = await File.ReadAllTextAsync(PathOf("App/bin/Debug/net10.0/App.ports.json"), TestContext.Current.CancellationToken);
        Assert.All(new[] { "\"echo\"", "\"time\"", "\"OauthServer\"", "\"healthPath\": \"/\"" }, text => Assert.Contains(text, manifest, StringComparison.Ordinal));

        await using (var app = new ServedApplication(Start(PathOf("App/bin/Debug/net10.0/App"))))
        {
            Assert.Equal("echo", await app.ReadAsync("echo"));
            Assert.Equal("time", await app.ReadAsync("time"));
            Assert.Equal(0, await app.StopAsync());
        }

        Write("App/appsettings.json", "{ \"Ports\": {\n \"time\": { \"Port\": 9300 },\n \"echo\": { \"Port\": 9300 } } }");
        build = await BuildAsync("build", "App", parallel, "--no-restore");
        Assert.Equal(1, build.ExitCode);
        Assert.Contains("appsettings.json(3,20): error PG0006: ", Assert.Single(build.Reports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_CSharp_library_s_ports_serve_an_FSharp_application()
    {
        LongTests.SkipUnlessMiddle();
        Write("Lib/Lib.csproj", Texts.Application("<PortGenAccessibility>public</PortGenAccessibility>").Replace("<OutputType>Exe</OutputType>", "", StringComparison.Ordinal));
        Write("Lib/Servers.cs", Texts.Service("echo", modifiers: "internal sealed"));
        Write("App/App.fsproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <SatelliteResourceLanguages>en</SatelliteResourceLanguages>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="Program.fs" />
                <ProjectReference Include="../Lib/Lib.csproj" />
              </ItemGroup>
            </Project>
            """);
        Write("App/Program.fs", """
            [<EntryPoint>]
            let main args = Lib.Ports.RunAllAsync(args).GetAwaiter().GetResult()
            """);
        var build = await BuildAsync("build", "App", "-warnaserror");
        Assert.True(build.ExitCode == 0, build.Output);
        await using var app = new ServedApplication(Start(PathOf("App/bin/Debug/net10.0/App")));
        Assert.Equal("echo", await app.ReadAsync("echo"));
        Assert.Equal(0, await app.StopAsync());
    }
}
