namespace PortGen.Tests.Support;

/// <summary>How many cases a test tries: <c>PORTGEN_LONG_TESTS=1</c> asks for the counts that take too long for every change.</summary>
internal static class LongRun
{
    public static int Cases(int always, int whenAsked) => Environment.GetEnvironmentVariable("PORTGEN_LONG_TESTS") == "1" ? whenAsked : always;
}
