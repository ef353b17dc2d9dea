using System.Diagnostics;

namespace PortGen.Package.Tests.Support;

/// <summary>A test with projects of its own in a folder of its own. The folder goes; where the test failed, the binary logs stay.</summary>
public abstract class PackageTest(LocalFeed feed) : IDisposable
{
    private int _builds;

    protected LocalFeed Feed { get; } = feed;

    /// <summary>The test's folder.</summary>
    protected string Folder { get; } = feed.NewFolder();

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            KeepLogs(Path.Combine(AppContext.BaseDirectory, "failed", TestContext.Current.TestMethod?.MethodName ?? "test"));
        }

        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a file, relative to the test's folder.</summary>
    protected void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
    }

    protected string PathOf(string name) => Path.Combine(Folder, name);

    protected Task<CommandResult> DotnetAsync(params string[] args) => Dotnet.RunAsync(Start("dotnet", args));

    /// <summary>Builds or publishes a project, with a binary log.</summary>
    /// <param name="command"><c>build</c> or <c>publish</c>.</param>
    /// <param name="project">The project, relative to the test's folder.</param>
    /// <param name="args">Further arguments.</param>
    protected async Task<CommandResult> BuildAsync(string command, string project, params string[] args) =>
        await DotnetAsync([command, project, "--disable-build-servers", "-tl:off", "-bl:" + LogOf(++_builds), .. args]);

    /// <summary>The binary log of the last build.</summary>
    protected string LastLog => LogOf(_builds);

    /// <summary>A program that isn't started yet, with the tests' own package cache.</summary>
    protected ProcessStartInfo Start(string program, params string[] args)
    {
        var start = Dotnet.Start(Folder, program, args);
        start.Environment["NUGET_PACKAGES"] = Feed.Cache;
        return start;
    }

    private string LogOf(int build) => PathOf($"{build}.binlog");

    private void KeepLogs(string target)
    {
        Directory.CreateDirectory(target);
        foreach (var log in Directory.EnumerateFiles(Folder, "*.binlog"))
        {
            File.Copy(log, Path.Combine(target, Path.GetFileName(log)), overwrite: true);
        }

        TestContext.Current.SendDiagnosticMessage("The build's logs are in {0}", target);
    }
}
