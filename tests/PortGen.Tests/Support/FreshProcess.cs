using PortGen.Tests.Support;

[assembly: AssemblyFixture(typeof(FreshProcess))]

namespace PortGen.Tests.Support;

/// <summary>
/// One process for each mutant. Stryker's runner would reuse a process for the next mutant, where what static fields have kept of the
/// last one fails tests that should pass, and passes tests that should fail. When the process ends it repeats the run in a new one.
/// </summary>
public sealed class FreshProcess
{
    private static int s_runs;

    /// <summary>Begins a run of tests.</summary>
    public FreshProcess()
    {
        // Coverage is measured in one process and written when that ends by itself.
        var isMutated = Environment.GetEnvironmentVariable("STRYKER_MUTANT_FILE") is not null && Environment.GetEnvironmentVariable("STRYKER_COVERAGE_FILE") is null;
        if (Interlocked.Increment(ref s_runs) > 1 && isMutated)
        {
            Environment.Exit(0);
        }
    }
}
