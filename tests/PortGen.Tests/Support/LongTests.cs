namespace PortGen.Tests.Support;

/// <summary>How often expensive tests repeat.</summary>
internal static class LongTests
{
    /// <summary>The number of repetitions: the larger one with the environment variable PORTGEN_LONG_TESTS=1.</summary>
    public static int Count(int usual, int many) => Environment.GetEnvironmentVariable("PORTGEN_LONG_TESTS") == "1" ? many : usual;
}
