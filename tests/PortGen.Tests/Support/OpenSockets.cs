namespace PortGen.Tests.Support;

/// <summary>The sockets that this process has open, as /proc shows them; but for those of control, which open beside a start.</summary>
internal static class OpenSockets
{
    // What nobody refers to any more would be closed by a finalizer, some time; here it counts as left.
    public static int Count()
    {
        // Behind the sixth blank is the inode (proc_net_unix(5)).
        var local = File.ReadLines("/proc/self/net/unix").Skip(1).Select(static l => $"socket:[{l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[6]}]").ToHashSet();
        return Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(static f => new FileInfo(f).LinkTarget).Count(f => f?.StartsWith("socket:", StringComparison.Ordinal) == true && !local.Contains(f));
    }
}
