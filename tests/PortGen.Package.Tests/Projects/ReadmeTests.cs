using System.Text.RegularExpressions;
using PortGen.Package.Tests.Support;
using PortGen.Tests.VectorDb;

namespace PortGen.Package.Tests.Projects;

/// <summary>The repository's README is followed to the letter.</summary>
public sealed partial class ReadmeTests(LocalFeed feed) : PackageTest(feed)
{
    [Fact]
    public async Task Its_first_steps_lead_from_nothing_to_a_served_port()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(LocalFeed.RepositoryRoot, "README.md"), TestContext.Current.CancellationToken);
        Assert.True(readme.Split('\n').Length <= 100, "the README has more than 100 lines");
        var steps = Step().Matches(Section().Match(readme).Value);
        Assert.Equal(["sh", "csharp", "sh"], steps.Select(static s => s.Groups["language"].Value));

        var made = await Dotnet.RunAsync(Start("sh", "-e", "-c", steps[0].Groups["text"].Value));
        Assert.True(made.ExitCode == 0, made.Output);
        Assert.True(File.Exists(PathOf("Hello/Program.cs")), made.Output);
        Write("Hello/" + steps[1].Groups["file"].Value, steps[1].Groups["text"].Value);

        // The README's port is fixed, so it is served in a network of the test's own. The last command is what runs on; as the shell's own process it is the one that is stopped in the end.
        var last = steps[2].Groups["text"].Value.Trim().Split('\n');
        var run = Start("sh", "-e", "-c", string.Join('\n', [.. last[..^1], "exec " + last[^1]]));
        run.WorkingDirectory = PathOf("Hello");
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await network.RunAsync(() => new ServedApplication(run));
        Assert.Equal("hello", await app.ReadAsync("echo", network));
    }

    [GeneratedRegex("^## From nothing to a port\n.*?(?=^## )", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex("(`(?<file>[A-Za-z.]+)`[^\n]*\n\n)?```(?<language>\\w+)\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Step();
}
