namespace PortGen.Tests.Support;

/// <summary>How much a test does: what every change must pass in seconds, or with PORTGEN_LONG_TESTS=1 what a release must.</summary>
internal static class LongTests
{
    public static int Count(int always, int whenLong) => Environment.GetEnvironmentVariable("PORTGEN_LONG_TESTS") == "1" ? whenLong : always;
}
