using PortGen.Package.Tests.Projects;
using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Builds;

/// <summary>In a language that has no generator and no analyzer the build checks the attributes too.</summary>
public sealed class OtherLanguagesTests(LocalFeed feed) : PackageTest(feed)
{
    [Fact]
    public async Task A_service_in_Visual_Basic_is_checked_by_the_build()
    {
        LongTests.SkipUnlessMiddle();
        Write("App/App.vbproj", Texts.Application());
        Write("App/Program.vb", """
            Module Program
                Sub Main()
                End Sub
            End Module

            <PortGen.PortService("echo", Port:=9105, Range:="9110-9101")>
            Public Class Echo
                Inherits PortGen.BackgroundPortService

                Protected Overrides Function ExecuteAsync(lease As PortGen.PortLease, stoppingToken As Threading.CancellationToken) As Threading.Tasks.Task
                    Return Threading.Tasks.Task.CompletedTask
                End Function
            End Class
            """);
        await CheckAsync("App.vbproj", "Program.vb");
    }

    [Fact]
    public async Task A_service_in_FSharp_is_checked_by_the_build()
    {
        LongTests.SkipUnlessMiddle();
        Write("App/App.fsproj", Texts.Application("<SatelliteResourceLanguages>en</SatelliteResourceLanguages>", "<Compile Include=\"Program.fs\" />"));
        Write("App/Program.fs", """
            namespace App

            [<PortGen.PortService("echo", Port = 9105, Range = "9110-9101")>]
            type Echo() =
                inherit PortGen.BackgroundPortService()
                override _.ExecuteAsync(_, _) = System.Threading.Tasks.Task.CompletedTask

            module Program =
                [<EntryPoint>]
                let main _ = 0
            """);
        await CheckAsync("App.fsproj", "Program.fs");
    }

    private async Task CheckAsync(string project, string source)
    {
        var build = await BuildAsync("build", "App");
        Assert.Equal(1, build.ExitCode);
        Assert.Contains($"{project} : error PG0003: App.Echo: Range '9110-9101' of port 'echo' ends before it starts: write '9101-9110'", Assert.Single(build.Reports), StringComparison.Ordinal);

        Write("App/" + source, (await File.ReadAllTextAsync(PathOf("App/" + source), TestContext.Current.CancellationToken)).Replace("9110-9101", "9101-9110", StringComparison.Ordinal));
        Write("App/appsettings.json", """{ "Ports": { "echo": { "Port": 80 } } }""");
        build = await BuildAsync("build", "App", "--no-restore");
        Assert.Contains("appsettings.json(1,32): error PG0002", Assert.Single(build.Reports), StringComparison.Ordinal);
    }
}
