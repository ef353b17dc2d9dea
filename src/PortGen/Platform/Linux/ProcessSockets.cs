using System.Buffers.Text;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;

namespace PortGen.Platform.Linux;

/// <summary>Finds out which processes have which sockets, from the descriptors in Linux's /proc (proc(5)).</summary>
/// <remarks>
/// Descriptors are listed by system calls: .NET's enumeration asks two more questions about each link, and follows it, which can block.
/// </remarks>
internal static partial class ProcessSockets
{
    private const int LongestPath = 64;

    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    // Where struct dirent has the name: after the inode, the offset, the length (2 bytes) and the type (1 byte).
    private static int NameOffset => (2 * nint.Size) + 3;

    /// <summary>Searches the processes until every socket has an owner.</summary>
    /// <param name="inodes">The sockets' inodes; those found are removed.</param>
    /// <param name="likely">The ids of processes to search first.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="found">Told of inode and process id.</param>
    /// <returns>Whether all processes were searched, or all sockets found.</returns>
    public static bool Search(HashSet<long> inodes, IEnumerable<string> likely, Deadline deadline, Action<long, string> found)
    {
        foreach (var process in likely.Concat(Processes()))
        {
            if (inodes.Count == 0 || deadline.HasPassed)
            {
                break;
            }

            SearchProcess(process, inodes, deadline, found);
        }

        return inodes.Count == 0 || !deadline.HasPassed;
    }

    private static unsafe void SearchProcess(string process, HashSet<long> inodes, Deadline deadline, Action<long, string> found)
    {
        var path = stackalloc byte[LongestPath];
        var length = Encoding.ASCII.GetBytes($"/proc/{process}/fd", new Span<byte>(path, LongestPath - 1));
        path[length] = 0;
        var directory = OpenDirectory(path);
        if (directory == 0)
        {
            // It has ended, or belongs to somebody else.
            return;
        }

        path[length++] = (byte)'/';
        while (inodes.Count > 0 && !deadline.HasPassed && ReadDirectory(directory) is var entry && entry != null)
        {
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
            if (name.TryCopyTo(new Span<byte>(path + length, LongestPath - length - 1)))
            {
                path[length + name.Length] = 0;
                if (ReadSocketLink(path) is { } inode && inodes.Remove(inode))
                {
                    found(inode, process);
                }
            }
        }

        _ = CloseDirectory(directory);
    }

    private static FileSystemEnumerable<string> Processes() => new("/proc", static (ref entry) => entry.FileName.ToString(), s_everything)
    {
        ShouldIncludePredicate = static (ref entry) => char.IsAsciiDigit(entry.FileName[0]),
    };

    // "socket:[inode]"
    private static unsafe long? ReadSocketLink(byte* path)
    {
        var target = stackalloc byte[LongestPath];
        var length = (int)ReadLink(path, target, LongestPath);
        var text = new ReadOnlySpan<byte>(target, Math.Max(length, 0));
        return text.StartsWith("socket:["u8) && Utf8Parser.TryParse(text[8..], out long inode, out _) ? inode : null;
    }

    [LibraryImport("libc", EntryPoint = "opendir")]
    private static unsafe partial nint OpenDirectory(byte* path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static unsafe partial byte* ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "readlink")]
    private static unsafe partial nint ReadLink(byte* path, byte* target, nuint size);
}
