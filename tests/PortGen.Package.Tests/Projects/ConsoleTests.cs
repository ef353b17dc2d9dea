using PortGen.Package.Tests.Support;

namespace PortGen.Package.Tests.Projects;

/// <summary>A console application: the package, one class, one line.</summary>
public sealed class ConsoleTests(LocalFeed feed) : PackageTest(feed)
{
    [Fact]
    public async Task It_builds_without_a_warning_serves_its_port_and_ends_on_SIGTERM_with_0()
    {
        Write("App/App.csproj", Texts.Application());
        Write("App/Program.cs", Texts.Program + Texts.Service("echo"));
        var build = await BuildAsync("build", "App", "-warnaserror");
        Assert.True(build.ExitCode == 0, build.Output);

        await using var app = new ServedApplication(Start(PathOf("App/bin/Debug/net10.0/App")));
        Assert.Equal("echo", await app.ReadAsync("echo"));
        Assert.Equal(0, await app.StopAsync());
    }
}
