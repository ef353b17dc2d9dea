namespace PortGen.Tests.Support;

/// <summary>
/// How much a test does. PORTGEN_LONG_TESTS sets the level: unset for what every change must pass in minutes, <c>middle</c> for what the continuous
/// build adds, <c>1</c> for what a release must pass. While a room is mutated (PORTGEN_MUTATION_TESTS, see tests/README.md) it does less, because
/// each test runs once for each of hundreds of mutants.
/// </summary>
internal static class LongTests
{
    private const string Variable = "PORTGEN_LONG_TESTS";

    private static readonly string? s_level = Environment.GetEnvironmentVariable(Variable);

    /// <summary>How many cases a test has at each level.</summary>
    public static int Count(int always, int middle, int whenLong) => s_level switch
    {
        null or "" or "0" => Cases(always),
        "middle" => middle,
        "1" => whenLong,
        _ => throw new InvalidOperationException($"{Variable} is '{s_level}': set it to 'middle' or '1', or unset it"),
    };

    /// <summary>How many cases a test has that is the same at all levels.</summary>
    public static int Cases(int always) =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PORTGEN_MUTATION_TESTS")) ? always : Math.Min(always, 500);

    /// <summary>Skips a test, or a case of it, that takes too long for every change.</summary>
    public static void SkipUnlessMiddle() => Assert.SkipUnless(Count(0, 1, 1) == 1, $"takes too long for every change: set {Variable}=middle or {Variable}=1");
}
