using PortGen.Package.Tests.Projects;
using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Builds;

/// <summary>Which settings files are checked, copied and published. What the project says of a file holds.</summary>
public sealed class SettingsFilesTests(LocalFeed feed) : PackageTest(feed)
{
    private const string Wrong = """{ "Ports": { "echo": { "Port": "http" } } }""";
    private const string Right = """{ "$schema": "obj/App.ports.settings.schema.json", "Ports": { "echo": { "Port": 9301 } } }""";

    [Fact]
    public async Task What_the_application_can_read_is_checked_and_what_the_project_says_of_a_file_holds()
    {
        Write("App/App.csproj", Texts.Application(items: """
            <None Update="appsettings.Development.json" CopyToPublishDirectory="Never" />
            <None Update="appsettings.Local.json" CopyToOutputDirectory="Never" />
            <None Update="appsettings.Always.json" CopyToOutputDirectory="Always" />
            <None Update="appsettings.Template.json" CopyToOutputDirectory="PreserveNewest" />
            <None Remove="appsettings.Gone.json" />
            <None Remove="appsettings.Inside.json" />
            <EmbeddedResource Include="appsettings.Inside.json" />
            <PortGenSettings Remove="appsettings.Template.json;appsettings.Draft.json" />
            <None Include="../shared/it's prod (1).json" Link="appsettings.Production.json" CopyToOutputDirectory="PreserveNewest" />
            <Content Include="../shared/appsettings.json" TargetPath="appsettings.A.B.json" CopyToPublishDirectory="PreserveNewest" />
            <None Include="../shared/appsettings.json" Link="deeper/appsettings.json" CopyToOutputDirectory="PreserveNewest" />
            """));
        Write("App/Program.cs", Texts.Program + Texts.Service("echo"));
        string[] own = ["appsettings.json", .. new[] { "Development", "Local", "Always", "Gone", "Inside" }.Select(static e => $"appsettings.{e}.json")];
        string[] leftOut = ["appsettings.Template.json", "appsettings.Draft.json"];
        string[] shared = ["it's prod (1).json", "appsettings.json"];
        WriteAll("App/", [.. own, .. leftOut], Wrong);
        WriteAll("shared/", shared, Wrong);

        var build = await BuildAsync("build", "App");
        Assert.Equal(1, build.ExitCode);
        Assert.Equal(
            own.Select(f => PathOf("App/" + f)).Concat(shared.Select(f => PathOf("shared/" + f))).Order(StringComparer.Ordinal),
            build.Reports.Select(static r => r[..r.IndexOf("(1,32): error PG2003", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(PathOf("App/obj/Debug/net10.0/App.ports.json")));

        WriteAll("App/", own, Right);
        WriteAll("shared/", shared, Right);
        var publish = await BuildAsync("publish", "App", "--no-restore", "-c", "Debug", "-o", PathOf("out"));
        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.Equal(["appsettings.Always.json", "appsettings.Development.json", "appsettings.Production.json", "appsettings.Template.json", "appsettings.json"], Settings("App/bin/Debug/net10.0"));
        Assert.Equal(["appsettings.A.B.json", "appsettings.Always.json", "appsettings.Production.json", "appsettings.Template.json", "appsettings.json"], Settings("out"));

        // The schema that the file names is there, and Visual Studio is told of it.
        Assert.True(File.Exists(PathOf("App/obj/App.ports.settings.schema.json")));
        Assert.Contains("App.ports.settings.schema.json", (await DotnetAsync("msbuild", "App", "-getItem:JsonSchemaSegment")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_default_items_what_the_project_copies_is_checked_and_nothing_else()
    {
        LongTests.SkipUnlessMiddle();
        Write("App/App.csproj", Texts.Application("<EnableDefaultItems>false</EnableDefaultItems>", """
            <Compile Include="Program.cs" />
            <None Include="settings/appsettings.Staging.json" Link="appsettings.Staging.json" CopyToOutputDirectory="PreserveNewest" />
            """));
        Write("App/Program.cs", Texts.Program + Texts.Service("echo"));
        WriteAll("App/", ["appsettings.json", "settings/appsettings.Staging.json"], Wrong);
        var build = await BuildAsync("build", "App");
        Assert.Contains("appsettings.Staging.json(1,32): error PG2003", Assert.Single(build.Reports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_publishes_its_own_settings_whatever_the_projects_it_refers_to_have()
    {
        LongTests.SkipUnlessMiddle();
        Write("Lib/Lib.csproj", Texts.Application(items: "<None Update=\"appsettings.Lib.json\" CopyToOutputDirectory=\"PreserveNewest\" />").Replace("<OutputType>Exe</OutputType>", "", StringComparison.Ordinal));
        Write("Lib/Servers.cs", Texts.Service("time"));
        Write("Other/Other.csproj", Texts.Application());
        Write("Other/Program.cs", Texts.Program + Texts.Service("other"));
        Write("App/App.csproj", Texts.Application(items: "<ProjectReference Include=\"../Lib/Lib.csproj\" /><ProjectReference Include=\"../Other/Other.csproj\" />"));
        Write("App/Program.cs", "return await App.Ports.RunAllAsync(args);" + Texts.Service("echo"));

        // A library's own file is read by nobody, so it isn't checked either.
        WriteAll("Lib/", ["appsettings.json", "appsettings.Lib.json"], Wrong.Replace("echo", "time", StringComparison.Ordinal));
        Write("Lib/appsettings.Lib.json", "{}");
        WriteAll("Other/", ["appsettings.json", "appsettings.Other.json"], "{}");
        WriteAll("App/", ["appsettings.json", "appsettings.Lib.json"], Right);
        var publish = await BuildAsync("publish", "App", "-o", PathOf("out"));
        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.Equal(["appsettings.Lib.json", "appsettings.json"], Settings("out"));
        Assert.All(Settings("out"), f => Assert.Equal(Right, File.ReadAllText(PathOf("out/" + f))));
        Assert.Equal(Right, await File.ReadAllTextAsync(PathOf("App/bin/Release/net10.0/appsettings.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_program_in_a_single_file_reads_the_settings_beside_it_from_any_folder()
    {
        LongTests.SkipUnlessMiddle();
        Write("app/app.cs", $"""
            #:package PortGen@{LocalFeed.Version}
            #:property PublishAot=false
            {Texts.Program}{Texts.Service("echo")}
            """);
        foreach (var file in new[] { PathOf("first"), PathOf("second") })
        {
            // The second time only the settings have changed.
            Write("app/appsettings.json", $$"""{ "Ports": { "ReadyFile": "{{file}}" } }""");
            await using var app = new ServedApplication(Start("dotnet", "run", PathOf("app/app.cs")));
            Assert.Equal("echo", await app.ReadAsync("echo"));
            Assert.True(File.Exists(file), app.Output);
        }
    }

    private void WriteAll(string folder, string[] names, string content)
    {
        foreach (var name in names)
        {
            Write(folder + name, content);
        }
    }

    private IEnumerable<string> Settings(string folder) => Directory.EnumerateFiles(PathOf(folder), "appsettings*.json").Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
}
