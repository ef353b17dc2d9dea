using System.Runtime.CompilerServices;

namespace PortGen.Tests.Support;

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

        // The files are in the folders that every shell of the user knows, too.
        Environment.SetEnvironmentVariable("PORTGEN_APPLICATION", Path.GetFileName(folder));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
    }
}
