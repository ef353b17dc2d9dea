using PortGen.Package.Tests.Support;

namespace PortGen.Package.Tests.Projects;

/// <summary>The page on testing is followed to the letter: its application and its tests are built and run.</summary>
public sealed class TestingPageTests(LocalFeed feed) : PackageTest(feed)
{
    [Fact]
    public async Task Its_tests_pass_also_in_four_classes_at_once()
    {
        Write("Hello/Hello.csproj", Texts.Application());
        var server = (await MarkdownStep.ReadAsync("README.md", "From nothing to a port")).Single(static s => s.File == "EchoServer.cs");
        Write("Hello/EchoServer.cs", server.Text);
        var steps = await MarkdownStep.ReadAsync("src/PortGen/TESTING.md");
        Assert.All(steps, static s => Assert.NotEmpty(s.File));
        foreach (var step in steps)
        {
            Write(step.File, step.Text);
        }

        // Three more classes of the same tests, each with an application of its own.
        var tests = steps.Single(static s => s.File.EndsWith("/HelloTests.cs", StringComparison.Ordinal)).Text;
        for (var i = 2; i <= 4; i++)
        {
            Write($"Hello.Tests/HelloTests{i}.cs", tests.Replace("class HelloTests", $"class HelloTests{i}", StringComparison.Ordinal));
        }

        var build = await BuildAsync("build", "Hello.Tests", "-warnaserror");
        Assert.True(build.ExitCode == 0, build.Output);
        var run = await Dotnet.RunAsync(Start(PathOf("Hello.Tests/bin/Debug/net10.0/Hello.Tests"), "-maxThreads", "4", "-noColor"));
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("Total: 9, Errors: 0, Failed: 0, Skipped: 0", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_test_of_a_service_has_ten_lines_at_most()
    {
        var text = (await MarkdownStep.ReadAsync("src/PortGen/TESTING.md")).Single(static s => s.File.EndsWith("/EchoServerTests.cs", StringComparison.Ordinal)).Text;
        var method = text[text.IndexOf("[Fact]", StringComparison.Ordinal)..];
        Assert.InRange(method.Split('\n').Count(static l => l.Trim() is { Length: > 0 } line && line is not ("{" or "}")), 5, 10);
    }
}
