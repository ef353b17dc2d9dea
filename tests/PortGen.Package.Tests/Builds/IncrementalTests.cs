using PortGen.Package.Tests.Projects;
using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Builds;

/// <summary>When the package's tasks run, by the binary log.</summary>
public sealed class IncrementalTests(LocalFeed feed) : PackageTest(feed)
{
    private const string Manifest = "App.ports.json";

    [Fact]
    public async Task The_check_runs_when_something_has_changed_and_only_then()
    {
        WriteApplication();
        Assert.Equal(1, await RunsAsync());

        // What an editor runs to learn of a project.
        Assert.Equal(0, await RunsAsync("--no-restore", "-t:CoreCompile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true"));

        // An older file in place of a newer one.
        Write("App/appsettings.json", """{ "Ports": { "echo": { "Port": 9302 } } }""");
        File.SetLastWriteTimeUtc(PathOf("App/appsettings.json"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(1, await RunsAsync("--no-restore"));
        Assert.Contains("9302", await File.ReadAllTextAsync(PathOf("App/obj/Debug/net10.0/" + Manifest), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await RunsAsync("--no-restore"));
    }

    [Fact]
    public async Task What_was_deleted_is_made_again_and_nothing_is_left_by_a_clean()
    {
        LongTests.SkipUnlessMiddle();
        WriteApplication();
        Assert.Equal(1, await RunsAsync());
        File.Delete(PathOf("App/obj/Debug/net10.0/" + Manifest));
        Assert.Equal(1, await RunsAsync("--no-restore"));
        Assert.Contains("9301", await File.ReadAllTextAsync(PathOf("App/obj/Debug/net10.0/" + Manifest), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        File.Delete(PathOf("App/obj/App.ports.settings.schema.json"));
        Assert.Equal(1, await RunsAsync("--no-restore"));
        Assert.Equal(1, await RunsAsync("--no-restore", "-p:NoWarn=PG0009"));
        Assert.Equal(1, await RunsAsync("--no-restore"));
        Assert.Equal(0, await RunsAsync("--no-restore"));

        File.Delete(PathOf("App/appsettings.json"));
        Assert.Equal(1, await RunsAsync("--no-restore"));
        Assert.DoesNotContain("930", await File.ReadAllTextAsync(PathOf("App/bin/Debug/net10.0/" + Manifest), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await RunsAsync("--no-restore"));
        Assert.Equal(1, await RunsAsync("--no-restore", "--no-incremental"));

        // Without a build, too.
        var publish = await BuildAsync("publish", "App", "--no-build", "-c", "Debug", "-o", PathOf("out"));
        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.True(File.Exists(PathOf("out/" + Manifest)), publish.Output);

        Assert.Equal(0, (await DotnetAsync("clean", "App")).ExitCode);
        Assert.DoesNotContain(Directory.EnumerateFiles(PathOf("App"), "*", SearchOption.AllDirectories), static f => f.EndsWith(".ports.json", StringComparison.Ordinal) || f.EndsWith(".schema.json", StringComparison.Ordinal) || f.EndsWith(".stamp", StringComparison.Ordinal));
    }

    private void WriteApplication()
    {
        Write("App/App.csproj", Texts.Application());
        Write("App/Program.cs", Texts.Program + Texts.Service("echo"));
        Write("App/appsettings.json", """{ "Ports": { "echo": { "Port": 9301 } } }""");
    }

    [Fact]
    public async Task Each_target_framework_has_its_own_check_and_manifest()
    {
        LongTests.SkipUnlessMiddle();
        Write("App/App.csproj", Texts.Application("<EnableWindowsTargeting>true</EnableWindowsTargeting><DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>", framework: "net10.0;net10.0-windows").Replace("TargetFramework>", "TargetFrameworks>", StringComparison.Ordinal));
        Write("App/Program.cs", Texts.Program + Texts.Service("echo"));
        Assert.Equal(2, await RunsAsync());
        Assert.True(File.Exists(PathOf("App/bin/Debug/net10.0/" + Manifest)) && File.Exists(PathOf("App/bin/Debug/net10.0-windows/" + Manifest)));
        Assert.Equal(0, await RunsAsync("--no-restore"));
    }

    [Fact]
    public async Task Sources_stay_untouched_in_any_folder_and_central_versions_and_no_reference_assembly_are_fine()
    {
        LongTests.SkipUnlessMiddle();
        const string folder = "my app, größer 𝄞 (1)/";
        Write(folder + "App.csproj", Texts.Application("<ProduceReferenceAssembly>false</ProduceReferenceAssembly>").Replace($" Version=\"{LocalFeed.Version}\"", "", StringComparison.Ordinal));
        Write(folder + "Program.cs", Texts.Program + Texts.Service("echo"));
        Write(folder + "appsettings.json", "{}");
        Write(folder + "Directory.Packages.props", $"""
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
              <ItemGroup><PackageVersion Include="PortGen" Version="{LocalFeed.Version}" /></ItemGroup>
            </Project>
            """);
        foreach (var file in Directory.EnumerateFiles(PathOf(folder)))
        {
            File.SetAttributes(file, FileAttributes.ReadOnly);
        }

        var before = Directory.EnumerateFileSystemEntries(PathOf(folder)).Order().ToList();
        for (var i = 0; i < 2; i++)
        {
            var build = await BuildAsync("build", folder, "--artifacts-path", PathOf("artifacts"), "-warnaserror");
            Assert.True(build.ExitCode == 0, build.Output);
            Assert.Equal(1 - i, BuildLog.TaskRuns(LastLog));
        }

        Assert.Equal(before, Directory.EnumerateFileSystemEntries(PathOf(folder)).Order());
        Assert.True(File.Exists(PathOf("artifacts/bin/App/debug/" + Manifest)));

        // What an editor compares before it calls MSBuild at all.
        var items = await DotnetAsync("msbuild", folder, "-getItem:UpToDateCheckInput", "-getItem:UpToDateCheckOutput", "-p:ArtifactsPath=" + PathOf("artifacts"));
        Assert.Contains("\"Identity\": \"appsettings.json\"", items.Output, StringComparison.Ordinal);
        Assert.Contains("App.portgen.stamp", items.Output, StringComparison.Ordinal);
    }

    private async Task<int> RunsAsync(params string[] args)
    {
        var build = await BuildAsync("build", "App", args);
        Assert.True(build.ExitCode == 0, build.Output);
        return BuildLog.TaskRuns(LastLog);
    }
}
