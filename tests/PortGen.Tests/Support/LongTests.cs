namespace PortGen.Tests.Support;

/// <summary>
/// How much a test does: what every change must pass in seconds, with PORTGEN_LONG_TESTS=1 what a release must, and less while a room is
/// mutated (PORTGEN_MUTATION_TESTS, see tests/README.md), where each test runs once for each of hundreds of mutants.
/// </summary>
internal static class LongTests
{
    public static int Count(int always, int whenLong) => Environment.GetEnvironmentVariable("PORTGEN_LONG_TESTS") == "1" ? whenLong : Cases(always);

    public static int Cases(int always) =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PORTGEN_MUTATION_TESTS")) ? always : Math.Min(always, 500);
}
