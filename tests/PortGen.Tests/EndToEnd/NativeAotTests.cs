using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>The sample as one native file: nothing in it may need reflection or be trimmed away.</summary>
public sealed class NativeAotTests
{
    [Fact]
    public async Task HelloPorts_publishes_without_a_warning_serves_and_ends_on_SIGTERM_with_0()
    {
        LongTests.SkipUnlessMiddle();
        Assert.SkipUnless(HasLinker(), "no linker is installed: native code needs clang or gcc");
        using var folder = new TemporaryFolder();
        var (exitCode, output) = await PublishAsync(folder.Path);
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(Path.Combine(folder.Path, "HelloPorts.dll")), "it is not native");

        var ports = FreePorts.Block(3);
        string[] args = [$"--Ports:echo:Port={ports.First}", $"--Ports:time:Port={ports.First + 1}", $"--Ports:shout:Port={ports.Last}"];
        await using var app = AppProcess.Program(Path.Combine(folder.Path, "HelloPorts"), args);
        await app.WaitForAsync("Application started");
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, ports.Last, TestContext.Current.CancellationToken);
            await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
            using var reader = new StreamReader(client.GetStream());
            await writer.WriteLineAsync("native");
            Assert.Equal("NATIVE", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
    }

    // Built apart from the repository's own outputs, which other tests run.
    private static async Task<(int ExitCode, string Output)> PublishAsync(string folder)
    {
        var artifacts = Path.Combine(folder, "artifacts");
        string[] args =
        [
            "publish", Path.Combine(AppProcess.RepositoryRoot, "samples", "HelloPorts"), "--use-current-runtime", "-warnaserror", "-tl:off", "--disable-build-servers",
            "--artifacts-path", artifacts, "-o", folder, "-p:PortGenTasksAssembly=" + Path.Combine(artifacts, "bin", "PortGen.Tasks", "release", "PortGen.Tasks.dll"),
        ];
        var start = new ProcessStartInfo("dotnet", args) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(static k => k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    private static bool HasLinker() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(static folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")));
}
