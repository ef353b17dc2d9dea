using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PortGen.Platform.Linux;

/// <summary>
/// The listening sockets that systemd, or a program like it, has opened and passes to this process (sd_listen_fds(3)): the variables LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES
/// say how many descriptors there are from 3 on, for which process, and their names.
/// </summary>
internal static partial class ActivationSockets
{
    private const int First = 3;
    private const int Most = 1000;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;
    private const int ParentField = 1;

    /// <summary>Takes the sockets: once, whatever several hosts of one process want. The variables are removed, and no child process gets the sockets.</summary>
    /// <param name="remark">What the operator should know; <see langword="null"/> for nothing.</param>
    /// <returns>Each with its name, empty where it has none.</returns>
    public static IReadOnlyList<(string Name, Socket Socket)> Take(out string? remark)
    {
        remark = null;
        var (process, count, names) = (Remove("LISTEN_PID"), Remove("LISTEN_FDS"), Remove("LISTEN_FDNAMES")?.Split(':') ?? []);
        if (!OperatingSystem.IsLinux() || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > Most)
        {
            return [];
        }

        var isOwn = process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var isAncestor = !isOwn && IsAncestor(process);

        // Whatever the variables say, only what listens is touched: a number may be something else's.
        var descriptors = Enumerable.Range(First, number).Where(IsListening).ToList();
        if (!isOwn && !isAncestor)
        {
            descriptors.ForEach(static d => _ = fcntl(d, SetDescriptorFlags, CloseOnExec));
            remark = $"LISTEN_FDS is ignored: it is for process {process}, which is neither this one nor started it";
            return [];
        }

        if (isAncestor)
        {
            remark = $"LISTEN_FDS is for process {process}, which started this one: its sockets are used here";
        }
        else if (descriptors.Count < number)
        {
            remark = string.Create(CultureInfo.InvariantCulture, $"LISTEN_FDS says {number}, but only {descriptors.Count} of the descriptors from {First} on are TCP sockets that listen; the others are ignored");
        }

        return [.. descriptors
            .Select(d => (names.ElementAtOrDefault(d - First) ?? "", HandedSocket.Adopt(new SafeFileHandle(d, ownsHandle: true))))
            .Where(static s => s.Item2 is not null).Select(static s => (s.Item1, s.Item2!))];
    }

    private static string? Remove(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        if (value is not null)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        return value;
    }

    private static bool IsListening(int descriptor)
    {
        try
        {
            using var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: false));
            return HandedSocket.IsListening(socket);
        }
        catch (Exception e) when (e is SocketException or ArgumentException or ExternalException)
        {
            return false;
        }
    }

    private static bool IsAncestor(string? process)
    {
        try
        {
            // "pid (name) state ppid ...".
            for (var id = "self"; id is not "0" and not "1";)
            {
                var text = File.ReadAllText($"/proc/{id}/stat");
                id = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[ParentField];
                if (id == process)
                {
                    return true;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Unknown, and so not proven.
        }

        return false;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);
}
