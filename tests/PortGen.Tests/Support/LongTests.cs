using System.Runtime.CompilerServices;

namespace PortGen.Tests.Support;

/// <summary>How often expensive tests repeat, and where they keep instance files.</summary>
internal static class LongTests
{
    /// <summary>The number of repetitions: the larger one with the environment variable PORTGEN_LONG_TESTS=1.</summary>
    public static int Count(int usual, int many) => Environment.GetEnvironmentVariable("PORTGEN_LONG_TESTS") == "1" ? many : usual;
}

/// <summary>The tests and what they start must not see the instance files of applications that run on this machine.</summary>
internal static class OwnRuntimeDirectory
{
#pragma warning disable CA2255 // A test assembly has no other place that is before everything.
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Make()
    {
        var folder = Directory.CreateTempSubdirectory("portgen-tests-").FullName;
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
    }
}
