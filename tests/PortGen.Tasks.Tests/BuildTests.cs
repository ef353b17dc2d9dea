using PortGen.Tasks.Tests.Support;
using PortGen.Testing;
using PortGen.Tests.Support;

namespace PortGen.Tasks.Tests;

/// <summary>Real builds of real projects.</summary>
public sealed class BuildTests
{
    [Fact]
    public async Task A_valid_project_builds_and_gets_its_manifest_and_a_second_build_runs_no_task()
    {
        using var project = new TemporaryProject(Programs.EchoAndTime);
        project.Write("appsettings.json", """
            { "Ports": {
              "echo": { "Range": "9201-9210", "Host": "127.0.0.1", "ExternalPort": 80 }, // as the mapping has it
              "time": { "Port": "9211", "DevelopmentPort": 19211, "Required": true, "HealthPath": "/%C3%BC", },
            } }
            """);
        var (exitCode, reports, output) = await project.BuildAsync("-v:d");
        Assert.True(exitCode == 0, output);
        Assert.Empty(reports);
        Assert.Contains("Task \"CheckPortSettings\"", output, StringComparison.Ordinal);
        var manifest = await File.ReadAllTextAsync(project.PathOf("bin/Debug/net10.0/App.ports.json"), TestContext.Current.CancellationToken);
        Assert.Equal(
            """
            {
              "$schema": "https://raw.githubusercontent.com/portgen/portgen/main/src/PortGen.Tasks/ports.schema.json",
              "ports": [
                {
                  "name": "echo",
                  "service": "echo",
                  "type": "Echo",
                  "port": 0,
                  "range": "9201-9210",
                  "host": "127.0.0.1",
                  "required": true,
                  "healthPath": "/health",
                  "externalPort": 80,
                  "developmentPort": null,
                  "dependsOn": []
                },
                {
                  "name": "metrics",
                  "service": "time",
                  "type": "Outer.Time",
                  "port": 0,
                  "range": "9464-9470",
                  "host": "localhost",
                  "required": true,
                  "healthPath": null,
                  "externalPort": null,
                  "developmentPort": null,
                  "dependsOn": []
                },
                {
                  "name": "time",
                  "service": "time",
                  "type": "Outer.Time",
                  "port": 9211,
                  "range": null,
                  "host": "*",
                  "required": true,
                  "healthPath": "/%C3%BC",
                  "externalPort": null,
                  "developmentPort": 19211,
                  "dependsOn": [
                    "echo"
                  ]
                }
              ]
            }

            """,
            manifest);
        Assert.True(File.Exists(project.PathOf("bin/Debug/net10.0/appsettings.json")));

        // Everything else about when it runs, and what a clean leaves, is in the package's IncrementalTests.
        (exitCode, reports, output) = await project.BuildAsync("-v:d", "--no-restore");
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("Task \"CheckPortSettings\"", output, StringComparison.Ordinal);
        Assert.Contains("Skipping target \"PortGenCheckSettings\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_check_can_be_switched_off()
    {
        using var project = new TemporaryProject(Programs.EchoAndTime);
        project.Write("appsettings.json", """{ "Ports": { "echo": { "Range": "9110-9101" } } }""");
        var (exitCode, _, output) = await project.BuildAsync("-p:PortGenCheckSettings=false");
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task The_manifest_is_published_wherever_the_intermediate_files_are_and_goes_with_the_last_service()
    {
        LongTests.SkipUnlessMiddle();
        using var project = new TemporaryProject(Programs.EchoAndTime);
        project.Write("Directory.Build.props", "<Project><PropertyGroup><ArtifactsPath>$(MSBuildThisFileDirectory)artifacts</ArtifactsPath></PropertyGroup></Project>");
        project.Write("appsettings.json", "{}");
        var (exitCode, output) = await project.DotnetAsync("publish", "-o", project.PathOf("out"), "--disable-build-servers", "-tl:off");
        Assert.True(exitCode == 0, output);
        Assert.True(File.Exists(project.PathOf("out/App.ports.json")) && File.Exists(project.PathOf("out/appsettings.json")));
        Assert.True(File.Exists(project.PathOf("artifacts/obj/App/release/App.ports.json")), output);

        project.Write("Program.cs", "return 0;");
        (exitCode, output) = await project.DotnetAsync("build", "-c", "Release", "--disable-build-servers", "-tl:off");
        Assert.True(exitCode == 0, output);
        Assert.Empty(Directory.EnumerateFiles(project.PathOf("artifacts"), "*.ports.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Development_ports_and_namespaces_are_read_and_an_unchanged_manifest_is_not_written_again()
    {
        using var project = new TemporaryProject(Programs.EchoAndTime + """

            namespace App.Servers
            {
                [PortService("far", Port = 9401, Range = "9401-9402", DevelopmentPort = 19401)]
                class Far : Service;
            }
            """);
        project.Write("appsettings.Development.json", """{ "Ports": { "echo": { "Port": 19401 } } }""");
        var (exitCode, reports, output) = await project.BuildAsync();
        Assert.True(exitCode == 1, output);
        Assert.Contains("appsettings.Development.json(1,32): error PG0006: ", Assert.Single(reports), StringComparison.Ordinal);

        project.Write("appsettings.Development.json", "{}");
        (exitCode, _, output) = await project.BuildAsync("--no-restore");
        Assert.True(exitCode == 0, output);
        var manifest = project.PathOf("obj/Debug/net10.0/App.ports.json");
        Assert.Contains("\"App.Servers.Far\"", await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var written = File.GetLastWriteTimeUtc(manifest);

        project.Write("appsettings.Development.json", "{ }");
        (exitCode, _, output) = await project.BuildAsync("-v:d", "--no-restore");
        Assert.True(exitCode == 0, output);
        Assert.Contains("Task \"CheckPortSettings\"", output, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(manifest));
    }

    [Fact]
    public async Task A_reversed_range_in_the_settings_fails_the_build_at_file_line_and_column()
    {
        using var project = new TemporaryProject(Programs.EchoAndTime);
        project.Write("appsettings.json", """
            {
              // why not
              "Ports": {
                "echo": { "Range": "9110-9101" },
              }
            }
            """);
        var (exitCode, reports, output) = await project.BuildAsync();
        Assert.True(exitCode == 1, output);
        var report = Assert.Single(reports);
        Assert.Matches("appsettings\\.json\\(4,24\\): error PG0003: Range '9110-9101' of port 'echo' ends before it starts: write '9101-9110'", report);

        // Without the mistake the next build succeeds: a failed check leaves no stamp behind.
        project.Write("appsettings.json", "{}");
        (exitCode, _, output) = await project.BuildAsync("--no-restore");
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Wrong_attributes_fail_the_build_at_their_arguments()
    {
        using var project = new TemporaryProject(Programs.Main + """
            [PortService("echo", Port = 80)]
            class Echo : Service;

            [PortService("a", DependsOn = [typeof(B)])]
            class A : Service;

            [PortService("b", DependsOn = [typeof(A)])]
            class B : Service;
            """);
        var (exitCode, reports, output) = await project.BuildAsync();
        Assert.True(exitCode == 1, output);
        Assert.Equal(2, reports.Length);
        Assert.Contains(reports, static r => r.Contains("Program.cs(10,29): error PG0002: Port 80 of 'echo' is outside 1024-65535", StringComparison.Ordinal));
        Assert.Contains(reports, static r => r.Contains("Program.cs(13,32): error PG0008: ", StringComparison.Ordinal) && r.Contains("a -> b -> a", StringComparison.Ordinal));
    }
}
