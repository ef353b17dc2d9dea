using System.Diagnostics;

namespace PortGen.Package.Tests.Support;

/// <summary>What a command came to.</summary>
public sealed record CommandResult(int ExitCode, string Output)
{
    /// <summary>The distinct lines that report an error or a warning.</summary>
    public IReadOnlyList<string> Reports =>
    [
        .. Output.Split('\n').Select(static l => l.Trim())
            .Where(static l => l.Contains(": error ", StringComparison.Ordinal) || l.Contains(": warning ", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal),
    ];
}

/// <summary>Runs programs to their end, without what the build that runs the tests may have left in the environment.</summary>
internal static class Dotnet
{
    public static Task<CommandResult> RunAsync(string folder, params string[] args) => RunAsync(Start(folder, "dotnet", args));

    public static async Task<CommandResult> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return new CommandResult(process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public static ProcessStartInfo Start(string folder, string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(static k => k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        // No process outlives the command, and none of an earlier one has the packages' files open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        return start;
    }
}
