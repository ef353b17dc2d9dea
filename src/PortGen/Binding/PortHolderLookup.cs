using System.Diagnostics;
using System.Globalization;

namespace PortGen.Binding;

/// <summary>Finds out which processes listen on ports, from Linux's /proc (proc(5)). It is for messages only: it never fails and never takes long.</summary>
internal static class PortHolderLookup
{
    private const string ListenState = "0A";

    private static readonly string s_ownDirectory = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}");

    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(200);

    /// <summary>The holders that could be found; a port without one is missing from the answer.</summary>
    public static IReadOnlyDictionary<int, PortHolder> Find(IReadOnlyCollection<int> ports)
    {
        var holders = new Dictionary<int, PortHolder>();
        if (!OperatingSystem.IsLinux() || ports.Count == 0)
        {
            return holders;
        }

        var clock = Stopwatch.StartNew();
        try
        {
            var portsByInode = ListeningInodes(ports);

            // This process first: two services that bind one port by hand are a common mistake, and quickly found.
            foreach (var directory in Directory.EnumerateDirectories("/proc").Prepend(s_ownDirectory))
            {
                if (portsByInode.Count == 0 || clock.Elapsed > s_limit)
                {
                    break;
                }

                if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var processId))
                {
                    FindSockets(directory, processId, portsByInode, holders);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was found until then is better than nothing.
        }

        return holders;
    }

    // Lines of /proc/net/tcp: "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ...", addresses in hex.
    private static Dictionary<string, int> ListeningInodes(IReadOnlyCollection<int> ports)
    {
        var wanted = ports.ToHashSet();
        var portsByInode = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(table))
            {
                continue;
            }

            foreach (var line in File.ReadLines(table))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && fields[3] == ListenState
                    && int.TryParse(fields[1].AsSpan(fields[1].IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port)
                    && wanted.Contains(port))
                {
                    portsByInode[fields[9]] = port;
                }
            }
        }

        return portsByInode;
    }

    private static void FindSockets(string directory, int processId, Dictionary<string, int> portsByInode, Dictionary<int, PortHolder> holders)
    {
        try
        {
            foreach (var descriptor in Directory.EnumerateFiles(Path.Combine(directory, "fd")))
            {
                // "socket:[inode]"
                var target = new FileInfo(descriptor).LinkTarget;
                if (target is not null && target.StartsWith("socket:[", StringComparison.Ordinal)
                    && portsByInode.Remove(target["socket:[".Length..^1], out var port))
                {
                    holders.TryAdd(port, new PortHolder(processId, ReadName(directory)));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or belongs to somebody else.
        }
    }

    private static string? ReadName(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "comm")).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
