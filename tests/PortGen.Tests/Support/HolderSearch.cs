namespace PortGen.Tests.Support;

/// <summary>A program gives the search for the holder of a port little time, which can be too little on a busy machine.</summary>
internal static class HolderSearch
{
    private const int MostStarts = 10;
    private const double MostLoad = 4;

    private static readonly string[] s_unfinished = ["(not found in time)", "(not found yet)", "could not be found", "is not known yet"];

    /// <summary>Starts a program until its search has come to an end in time.</summary>
    /// <param name="start">Starts it.</param>
    /// <param name="told">Waits until the outcome has been told.</param>
    public static Task<AppProcess> FinishedAsync(Func<AppProcess> start, Func<AppProcess, Task> told) => FinishedAsync(() => Task.FromResult(start()), told);

    /// <inheritdoc cref="FinishedAsync(Func{AppProcess}, Func{AppProcess, Task})"/>
    public static async Task<AppProcess> FinishedAsync(Func<Task<AppProcess>> start, Func<AppProcess, Task> told)
    {
        for (var starts = 1; ; starts++)
        {
            var app = await start();
            await told(app);
            var text = app.Output + app.Errors;
            if (!s_unfinished.Any(u => text.Contains(u, StringComparison.Ordinal)))
            {
                return app;
            }

            if (starts == MostStarts)
            {
                // 200 ms decide, so a machine that is far too busy says nothing of the program.
                if (Load() < MostLoad * Environment.ProcessorCount)
                {
                    return app;
                }

                await app.DisposeAsync();
                Assert.Skip($"the search for a holder had no time in {MostStarts} starts: this machine is too busy");
            }

            await app.DisposeAsync();
        }
    }

    // Processes that run or want to, over the last minute (proc(5)).
    private static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
