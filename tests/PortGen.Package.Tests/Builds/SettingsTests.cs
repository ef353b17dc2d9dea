using System.Text.RegularExpressions;
using PortGen.Package.Tests.Projects;
using PortGen.Package.Tests.Support;
using PortGen.Testing;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Builds;

/// <summary>What the package's check says in a real build.</summary>
public sealed partial class SettingsTests(LocalFeed feed) : PackageTest(feed)
{
    [Fact]
    public async Task Every_seeded_mistake_is_reported_by_its_id_at_its_file_and_line_and_nothing_else_is()
    {
        Write("App/App.csproj", Texts.Application());
        Write("App/Program.cs", Texts.Program + SeededMistakes.Services);
        foreach (var (name, content) in SeededMistakes.Files)
        {
            Write("App/" + name, content);
        }

        var build = await BuildAsync("build", "App");
        Assert.Equal(1, build.ExitCode);
        Assert.Equal(SeededMistakes.Expected, build.Reports.Select(static r => Report().Match(r))
            .Select(static m => (m.Groups["file"].Value, int.Parse(m.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture), m.Groups["id"].Value)).Order());
    }

    [Fact]
    public async Task Properties_of_the_command_line_count_though_no_file_has_changed()
    {
        LongTests.SkipUnlessMiddle();
        Write("App/App.csproj", Texts.Application());
        Write("App/Program.cs", Texts.Program + Texts.Service("echo"));
        Write("App/appsettings.json", """{ "Ports": { "echo": { "Range": "9101-40000" } } }""");
        var build = await BuildAsync("build", "App");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Contains("appsettings.json(1,33): warning PG0009: ", Assert.Single(build.Reports), StringComparison.Ordinal);

        build = await BuildAsync("build", "App", "--no-restore", "-p:TreatWarningsAsErrors=true");
        Assert.Equal(1, build.ExitCode);
        Assert.Contains("appsettings.json(1,33): error PG0009: ", Assert.Single(build.Reports), StringComparison.Ordinal);

        build = await BuildAsync("build", "App", "--no-restore", "-p:TreatWarningsAsErrors=true", "-p:PortGenSeverity_PG0009=none");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Empty(build.Reports);

        build = await BuildAsync("build", "App", "--no-restore", "-p:NoWarn=PG0009");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Empty(build.Reports);
        Assert.Equal(1, BuildLog.TaskRuns(LastLog));
    }

    [Theory]
    [InlineData("-p:NETCoreSdkVersion=9.0.312", "9.0.312")]
    [InlineData("-p:CompilerApiVersion=roslyn4.14", "4.14")]
    public async Task Below_the_floor_one_error_says_what_is_needed(string property, string found)
    {
        if (found == "4.14")
        {
            LongTests.SkipUnlessMiddle();
        }

        Write("App/App.csproj", Texts.Application());
        Write("App/Program.cs", Texts.Program + Texts.Service("echo"));
        Assert.Equal(0, (await DotnetAsync("restore", "App")).ExitCode);
        var build = await BuildAsync("build", "App", "--no-restore", property);
        Assert.Equal(1, build.ExitCode);
        var report = Assert.Single(build.Reports);
        Assert.Contains("error PG4001: PortGen needs the .NET SDK 10.0.100 or later", report, StringComparison.Ordinal);
        Assert.Contains(found, report, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(LocalFeed.RepositoryRoot, "src", "Shared", "Rules", "docs", "PG4001.md")));
    }

    [GeneratedRegex(@"(?<file>[^/\\]+\.json)\((?<line>\d+),\d+\): (error|warning) (?<id>PG\d{4}): ")]
    private static partial Regex Report();
}
