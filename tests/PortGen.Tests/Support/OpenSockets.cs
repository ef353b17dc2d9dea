namespace PortGen.Tests.Support;

/// <summary>The sockets that this process has open, as /proc shows them.</summary>
internal static class OpenSockets
{
    // What nobody refers to any more would be closed by a finalizer, some time; here it counts as left.
    public static int Count() =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Count(static f => new FileInfo(f).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
}
