using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Projects;

/// <summary>Applications that are published in one piece: nothing in the package may need reflection or be trimmed away.</summary>
public sealed class PublishedTests(LocalFeed feed) : PackageTest(feed)
{
    [Theory]
    [InlineData("PublishAot")]
    [InlineData("PublishTrimmed")]
    public async Task It_publishes_without_a_warning_and_serves(string way)
    {
        LongTests.SkipUnlessMiddle();
        Assert.SkipWhen(way == "PublishAot" && !HasLinker(), "no linker is installed: native code needs clang or gcc");
        Write("App/App.csproj", Texts.Application($"<{way}>true</{way}>"));
        Write("App/Program.cs", Texts.Program + Texts.Service("echo"));
        Write("App/appsettings.json", """{ "Ports": { "echo": { "HealthPath": "/" } } }""");
        var publish = await BuildAsync("publish", "App", "--use-current-runtime", "-o", PathOf("out"), "-warnaserror");
        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.DoesNotContain(": warning ", publish.Output, StringComparison.Ordinal);
        Assert.Equal(way == "PublishTrimmed", File.Exists(PathOf("out/App.dll")));
        Assert.True(File.Exists(PathOf("out/App.ports.json")) && File.Exists(PathOf("out/appsettings.json")));

        await using var app = new ServedApplication(Start(PathOf("out/App")));
        Assert.Equal("echo", await app.ReadAsync("echo"));
        Assert.Equal(0, await app.StopAsync());
    }

    private static bool HasLinker() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(static folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")));
}
