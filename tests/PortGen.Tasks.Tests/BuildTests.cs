using PortGen.Tasks.Tests.Support;
using PortGen.Testing;

namespace PortGen.Tasks.Tests;

/// <summary>Real builds of real projects.</summary>
public sealed class BuildTests
{
    [Fact]
    public async Task A_valid_project_builds_and_gets_its_manifest_and_a_second_build_runs_no_task()
    {
        using var project = new TemporaryProject(Programs.EchoAndTime);
        project.Write("appsettings.json", """{ "Ports": { "echo": { "Range": "9201-9210" } } }""");
        var (exitCode, reports, output) = await project.BuildAsync("-v:d");
        Assert.True(exitCode == 0, output);
        Assert.Empty(reports);
        Assert.Contains("Task \"CheckPortSettings\"", output, StringComparison.Ordinal);
        var manifest = await File.ReadAllTextAsync(project.PathOf("bin/Debug/net10.0/App.ports.json"), TestContext.Current.CancellationToken);
        Assert.Equal(
            """
            {
              "ports": [
                {
                  "name": "echo",
                  "service": "echo",
                  "type": "Echo",
                  "port": 9101,
                  "range": "9101-9110",
                  "host": "localhost",
                  "required": true,
                  "healthPath": "/health",
                  "dependsOn": []
                },
                {
                  "name": "metrics",
                  "service": "time",
                  "type": "Outer\u002BTime",
                  "port": 0,
                  "range": "9464-9470",
                  "host": "localhost",
                  "required": true,
                  "healthPath": null,
                  "dependsOn": []
                },
                {
                  "name": "time",
                  "service": "time",
                  "type": "Outer\u002BTime",
                  "port": 9111,
                  "range": null,
                  "host": "*",
                  "required": false,
                  "healthPath": null,
                  "dependsOn": [
                    "echo"
                  ]
                }
              ]
            }

            """,
            manifest);
        Assert.True(File.Exists(project.PathOf("bin/Debug/net10.0/appsettings.json")));

        (exitCode, reports, output) = await project.BuildAsync("-v:d");
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("Task \"CheckPortSettings\"", output, StringComparison.Ordinal);
        Assert.Contains("Skipping target \"PortGenCheckSettings\"", output, StringComparison.Ordinal);

        project.Write("appsettings.json", """{ "Ports": { "echo": { "Range": "9301-9310" } } }""");
        (_, _, output) = await project.BuildAsync("-v:d");
        Assert.Contains("Task \"CheckPortSettings\"", output, StringComparison.Ordinal);

        await project.DotnetAsync("clean", "-tl:off");
        Assert.False(File.Exists(project.PathOf("bin/Debug/net10.0/App.ports.json")));
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
        (exitCode, _, output) = await project.BuildAsync();
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
