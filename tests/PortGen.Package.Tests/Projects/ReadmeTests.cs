using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;
using PortGen.Tests.VectorDb;

namespace PortGen.Package.Tests.Projects;

/// <summary>The repository's README is followed to the letter.</summary>
public sealed class ReadmeTests(LocalFeed feed) : PackageTest(feed)
{
    private const string Clone = "git clone https://github.com/portgen/portgen\n";

    [Fact]
    public async Task It_has_at_most_a_hundred_lines() => Assert.True(
        (await File.ReadAllLinesAsync(Path.Combine(LocalFeed.RepositoryRoot, "README.md"), TestContext.Current.CancellationToken)).Length <= 100);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_first_steps_lead_from_nothing_to_a_served_port(bool isFromClone)
    {
        if (isFromClone)
        {
            LongTests.SkipUnlessMiddle();
        }

        var steps = await MarkdownStep.ReadAsync("README.md", "From nothing to a port");
        Assert.Equal(["sh", "sh", "csharp", "sh"], steps.Select(static s => s.Language));
        if (isFromClone)
        {
            // The repository itself stands for the address that it will have.
            Assert.StartsWith(Clone, steps[0].Text, StringComparison.Ordinal);
            await RunAsync(steps[0].Text.Replace(Clone, $"git clone -q '{LocalFeed.RepositoryRoot}' portgen\n", StringComparison.Ordinal));
        }

        await RunAsync(steps[1].Text);
        Assert.True(File.Exists(PathOf("Hello/Program.cs")));
        Write("Hello/" + steps[2].File, steps[2].Text);

        // The README's port is fixed, so it is served in a network of the test's own. The last command is what runs on; as the shell's own process it is the one that is stopped in the end.
        var last = steps[3].Text.Trim().Split('\n');
        var run = Start("sh", "-e", "-c", string.Join('\n', [.. last[..^1], "exec " + last[^1]]));
        run.WorkingDirectory = PathOf("Hello");
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await network.RunAsync(() => new ServedApplication(run));
        Assert.Equal("hello", await app.ReadAsync("echo", network));
        if (isFromClone)
        {
            Assert.Contains("Version=\"0.", await File.ReadAllTextAsync(PathOf("Hello/Hello.csproj"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    private async Task RunAsync(string script)
    {
        var made = await Dotnet.RunAsync(Start("sh", "-e", "-c", script));
        Assert.True(made.ExitCode == 0, made.Output);
    }
}
