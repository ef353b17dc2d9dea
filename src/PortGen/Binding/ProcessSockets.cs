using System.Buffers.Text;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;

namespace PortGen.Binding;

/// <summary>Finds out which processes have which sockets, from the descriptors in Linux's /proc (proc(5)).</summary>
internal static partial class ProcessSockets
{
    // Links look like directories to .NET if they lead to one, and it asks the system about each: descriptors are taken by their names alone.
    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>Searches the processes until every socket has an owner.</summary>
    /// <param name="inodes">The sockets' inodes; those found are removed.</param>
    /// <param name="likely">The ids of processes to search first.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="found">Told of inode and process id.</param>
    /// <returns>Whether all processes were searched, or all sockets found.</returns>
    public static bool Search(HashSet<long> inodes, IEnumerable<string> likely, Deadline deadline, Action<long, string> found)
    {
        foreach (var process in likely.Concat(Numbers("/proc")))
        {
            if (inodes.Count == 0 || deadline.HasPassed)
            {
                break;
            }

            SearchProcess(process, inodes, deadline, found);
        }

        return inodes.Count == 0 || !deadline.HasPassed;
    }

    private static void SearchProcess(string process, HashSet<long> inodes, Deadline deadline, Action<long, string> found)
    {
        var directory = $"/proc/{process}/fd";
        Span<byte> path = stackalloc byte[64];
        var length = Encoding.ASCII.GetBytes(directory + "/", path);
        try
        {
            foreach (var descriptor in Numbers(directory))
            {
                if (inodes.Count == 0 || deadline.HasPassed)
                {
                    return;
                }

                path[length + Encoding.ASCII.GetBytes(descriptor, path[length..^1])] = 0;
                if (ReadSocketLink(path) is { } inode && inodes.Remove(inode))
                {
                    found(inode, process);
                }
            }
        }
        catch (IOException)
        {
            // The process has ended.
        }
    }

    private static FileSystemEnumerable<string> Numbers(string directory) => new(directory, static (ref entry) => entry.FileName.ToString(), s_everything)
    {
        ShouldIncludePredicate = static (ref entry) => char.IsAsciiDigit(entry.FileName[0]),
    };

    // "socket:[inode]"
    private static unsafe long? ReadSocketLink(ReadOnlySpan<byte> path)
    {
        Span<byte> target = stackalloc byte[64];
        fixed (byte* name = path, buffer = target)
        {
            var length = (int)ReadLink(name, buffer, (nuint)target.Length);
            var text = target[..Math.Max(length, 0)];
            return text.StartsWith("socket:["u8) && Utf8Parser.TryParse(text[8..^1], out long inode, out _) ? inode : null;
        }
    }

    [LibraryImport("libc", EntryPoint = "readlink")]
    private static unsafe partial nint ReadLink(byte* path, byte* buffer, nuint size);
}
