using PortGen.Platform;
using PortGen.Platform.Linux;

namespace PortGen.Binding.Conflicts;

/// <summary>One search for what holds ports. What it has found so far can be had at any moment, from any thread.</summary>
/// <param name="ports">The ports.</param>
/// <param name="likely">The ids of the processes to search first.</param>
/// <param name="isEarlierInstance">Whether a process id is that of an earlier instance of this application.</param>
/// <param name="deadline">When to give up.</param>
internal sealed class PortHolderSearch(
    IReadOnlyCollection<ContestedPort> ports, IReadOnlyList<string> likely, Func<int, bool>? isEarlierInstance, Deadline deadline)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ContestedPort, PortHolder> _holders = [];
    private readonly Dictionary<string, HolderProcess> _processes = [];
    private readonly string[] _likely = [.. likely];

    /// <summary>What has been found so far.</summary>
    public IReadOnlyDictionary<ContestedPort, PortHolder> Holders
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<ContestedPort, PortHolder>(_holders);
            }
        }
    }

    /// <summary>Searches until everything is found or the deadline has passed. It never fails.</summary>
    public void Run()
    {
        try
        {
            var sockets = new List<SocketEntry>();
            if (SocketTable.TryRead(ports.Select(static p => p.Number).ToHashSet(), deadline, sockets))
            {
                FindProcesses(FindSockets(sockets));
            }
        }
        catch (Exception)
        {
            // What was found until then is better than nothing, and nothing is better than a start that fails for a message.
        }
    }

    // The ports whose process is to be found, by the inode of the socket. What is known without it is in the answer at once.
    private Dictionary<long, List<ContestedPort>> FindSockets(List<SocketEntry> sockets)
    {
        var portsByInode = new Dictionary<long, List<ContestedPort>>();
        foreach (var port in ports)
        {
            var suspect = FindSuspect(port, sockets);
            Tell(port, suspect is null ? new PortHolder { Hold = PortHold.Unlisted } : new PortHolder
            {
                Hold = suspect.Hold,
                Remote = suspect.Hold == PortHold.Listener ? null : suspect.Remote,
                User = suspect.Hold == PortHold.ClosedConnection ? null : ProcessReader.UserName(suspect.UserId),
            });
            if (suspect is { Inode: not 0 })
            {
                if (!portsByInode.TryGetValue(suspect.Inode, out var held))
                {
                    portsByInode.Add(suspect.Inode, held = []);
                }

                held.Add(port);
            }
        }

        return portsByInode;
    }

    private static SocketEntry? FindSuspect(ContestedPort port, List<SocketEntry> sockets)
    {
        SocketEntry? suspect = null;
        var least = int.MaxValue;
        var addresses = HostAddresses.Of(port.Host);
        foreach (var socket in sockets)
        {
            foreach (var address in addresses)
            {
                if (socket.Local.Port == port.Number && socket.Suspicion(address) is { } suspicion && suspicion < least)
                {
                    (suspect, least) = (socket, suspicion);
                }
            }
        }

        return suspect;
    }

    private void FindProcesses(Dictionary<long, List<ContestedPort>> portsByInode)
    {
        HashSet<long> inodes = [.. portsByInode.Keys];
        var searched = ProcessSockets.Search(inodes, _likely, deadline, (inode, id) => Tell(portsByInode[inode], id));
        if (searched)
        {
            foreach (var inode in inodes)
            {
                foreach (var port in portsByInode[inode])
                {
                    Tell(port, _holders[port] with { Searched = true });
                }
            }
        }
    }

    private void Tell(List<ContestedPort> held, string id)
    {
        if (!_processes.TryGetValue(id, out var process))
        {
            _processes.Add(id, process = new HolderProcess(ProcessReader.Read(id)));
        }

        held.ForEach(p => Tell(p, _holders[p] with { Process = process }));
        if (process.Id != Environment.ProcessId && IsEarlierInstance(process.Id))
        {
            held.ForEach(p => Tell(p, _holders[p] with { Process = process with { IsEarlierInstance = true } }));
        }
    }

    private void Tell(ContestedPort port, PortHolder holder)
    {
        lock (_lock)
        {
            _holders[port] = holder;
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
