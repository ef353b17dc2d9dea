using System.Collections.Concurrent;
using System.Diagnostics;

namespace PortGen.Binding;

/// <summary>Finds out what holds ports. It is for messages only: it never fails, and all its searches together take no longer than its limit.</summary>
/// <remarks>Linux alone is asked, through /proc; on macOS and Windows nothing is found.</remarks>
/// <param name="isEarlierInstance">Whether a process id is that of an earlier instance of this application; <see langword="null"/> where nobody knows.</param>
/// <param name="limit">The time for all searches; absent = 200 ms.</param>
internal sealed class PortHolderLookup(Func<int, bool>? isEarlierInstance = null, TimeSpan? limit = null)
{
    // So that a later search has some time too.
    private const double ShareOfOneSearch = 0.75;

    private readonly ConcurrentDictionary<int, HolderProcess> _processes = new() { [Environment.ProcessId] = new() { Id = Environment.ProcessId } };
    private TimeSpan _left = limit ?? TimeSpan.FromMilliseconds(200);

    /// <summary>The holders that could be found; a port about which nothing is known is missing from the answer.</summary>
    public IReadOnlyDictionary<ContestedPort, PortHolder> Find(IReadOnlyCollection<ContestedPort> ports)
    {
        var holders = new ConcurrentDictionary<ContestedPort, PortHolder>();
        if (!OperatingSystem.IsLinux() || ports.Count == 0)
        {
            return holders;
        }

        // On a thread of its own, because reading about a process can block for as long as that process is stuck in the kernel.
        var clock = Stopwatch.StartNew();
        var share = _left * ShareOfOneSearch;
        var deadline = new Deadline(share);
        var search = new Thread(() => Search(ports, deadline, holders)) { IsBackground = true, Name = "PortGen port holders" };
        search.Start();
        search.Join(share);
        _left = TimeSpan.FromTicks(Math.Max(0, (_left - clock.Elapsed).Ticks));
        return new Dictionary<ContestedPort, PortHolder>(holders);
    }

    private void Search(IReadOnlyCollection<ContestedPort> ports, Deadline deadline, ConcurrentDictionary<ContestedPort, PortHolder> holders)
    {
        try
        {
            var sockets = new List<SocketEntry>();
            if (SocketTable.TryRead(ports.Select(static p => p.Number).ToHashSet(), deadline, sockets))
            {
                FindProcesses(FindSockets(ports, sockets, holders), deadline, holders);
            }
        }
        catch (Exception)
        {
            // What was found until then is better than nothing, and nothing is better than a start that fails for a message.
        }
    }

    // The sockets whose process is to be found, by inode. What is known without it is in the answer at once.
    private static ILookup<long, ContestedPort> FindSockets(
        IReadOnlyCollection<ContestedPort> ports, List<SocketEntry> sockets, ConcurrentDictionary<ContestedPort, PortHolder> holders)
    {
        var byNumber = sockets.ToLookup(static s => s.Local.Port);
        var suspects = new List<(long Inode, ContestedPort Port)>();
        foreach (var port in ports)
        {
            var addresses = ListenSocket.Addresses(port.Host);
            var suspect = byNumber[port.Number]
                .Select(s => (Socket: s, Suspicion: addresses.Min(s.Suspicion)))
                .Where(static s => s.Suspicion is not null)
                .MinBy(static s => s.Suspicion).Socket;
            if (suspect.Local is null)
            {
                holders[port] = new PortHolder { Hold = PortHold.Unlisted };
                continue;
            }

            var hold = suspect.Hold;
            holders[port] = new PortHolder
            {
                Hold = hold,
                Remote = hold == PortHold.Listener ? null : suspect.Remote,
                User = hold == PortHold.ClosedConnection ? null : ProcessDetails.UserName(suspect.UserId),
            };
            suspects.Add((suspect.Inode, port));
        }

        return suspects.Where(static s => s.Inode != 0).ToLookup(static s => s.Inode, static s => s.Port);
    }

    private void FindProcesses(ILookup<long, ContestedPort> sockets, Deadline deadline, ConcurrentDictionary<ContestedPort, PortHolder> holders)
    {
        // This process and those found before come first: two services that bind one port by hand are a common mistake.
        var inodes = sockets.Select(static s => s.Key).ToHashSet();
        var searched = ProcessSockets.Search(inodes, [.. _processes.Keys], deadline, (inode, id) =>
        {
            var process = _processes.GetOrAdd(id, ProcessDetails.Read);
            Tell(sockets[inode], process, holders);
            if (id != Environment.ProcessId && IsEarlierInstance(id))
            {
                Tell(sockets[inode], process with { IsEarlierInstance = true }, holders);
            }
        });
        foreach (var port in inodes.SelectMany(i => sockets[i]))
        {
            holders[port] = holders[port] with { Searched = searched };
        }
    }

    private static void Tell(IEnumerable<ContestedPort> ports, HolderProcess process, ConcurrentDictionary<ContestedPort, PortHolder> holders)
    {
        foreach (var port in ports)
        {
            holders[port] = holders[port] with { Process = process };
        }
    }

    private bool IsEarlierInstance(int id)
    {
        try
        {
            return isEarlierInstance?.Invoke(id) ?? false;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
