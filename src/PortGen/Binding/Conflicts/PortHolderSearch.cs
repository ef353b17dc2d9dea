using System.Globalization;
using PortGen.Platform;
using PortGen.Platform.Linux;

namespace PortGen.Binding.Conflicts;

/// <summary>One search for what holds ports. What it has found so far can be had at any moment, from any thread.</summary>
/// <param name="ports">The ports.</param>
/// <param name="likely">The ids of the processes to search first.</param>
/// <param name="instances">Other running instances of this application; <see langword="null"/> where nobody knows.</param>
/// <param name="limit">When to give up.</param>
internal sealed class PortHolderSearch(
    IReadOnlyCollection<ContestedPort> ports, IReadOnlyList<string> likely, Func<IReadOnlyList<RunningInstance>>? instances, TimeSpan limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ContestedPort, PortHolder> _holders = [];
    private readonly Dictionary<string, HolderProcess> _processes = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _ended = new();
    private HashSet<ContestedPort> _watched = [];
    private Action<ContestedPort, PortHolder>? _found;

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

    /// <summary>Begins to search, on a thread of its own.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "PortGen port holders" }.Start();

    /// <summary>Waits for the end of the search, or until the time is up.</summary>
    /// <returns>Whether it has ended.</returns>
    public bool Wait(TimeSpan time) => _ended.Wait(time);

    /// <summary>Tells once of each of these ports whose process is found; at once where it has been found already.</summary>
    public void Watch(IReadOnlyCollection<ContestedPort> watched, Action<ContestedPort, PortHolder> found)
    {
        List<KeyValuePair<ContestedPort, PortHolder>> known;
        lock (_lock)
        {
            known = [.. _holders.Where(h => watched.Contains(h.Key) && h.Value.Process is not null)];
            (_watched, _found) = ([.. watched.Except(known.Select(static k => k.Key))], found);
        }

        known.ForEach(k => found(k.Key, k.Value));
    }

    /// <summary>Ends the search; nothing more is told.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _found = null;
        }

        _stop.Cancel();
    }

    // Until everything is found, or there is nothing more to search. It never fails.
    private void Run()
    {
        try
        {
            var deadline = new Deadline(limit, _stop.Token);
            var sockets = new List<SocketEntry>();
            if (SocketTable.TryRead(ports.Select(static p => p.Number).ToHashSet(), deadline, sockets))
            {
                FindProcesses(FindSockets(sockets), deadline);
            }
        }
        catch (Exception)
        {
            // What was found until then is better than nothing, and nothing is better than a start that fails for a message.
        }

        _ended.Set();
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
                Inode = suspect.Inode,
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

    // Instances of this application come first: they are few, and the likeliest to have its ports. So they are found however busy the machine is.
    private void FindProcesses(Dictionary<long, List<ContestedPort>> portsByInode, Deadline deadline)
    {
        if (portsByInode.Count == 0)
        {
            return;
        }

        var running = FindInstances();
        var first = running.OrderByDescending(i => ports.Any(p => i.Ports.Contains(p.Number))).Select(static i => i.ProcessId.ToString(CultureInfo.InvariantCulture));
        HashSet<long> inodes = [.. portsByInode.Keys];
        var searched = ProcessSockets.Search(inodes, likely.Concat(first).Distinct(), deadline, (inode, id) => Tell(portsByInode[inode], id, running));
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

    private void Tell(List<ContestedPort> held, string id, IReadOnlyList<RunningInstance> running)
    {
        if (!_processes.TryGetValue(id, out var process))
        {
            var details = ProcessReader.Read(id);
            _processes.Add(id, process = new HolderProcess(details, details.Id != Environment.ProcessId && running.Any(i => i.ProcessId == details.Id)));
        }

        held.ForEach(p => Tell(p, _holders[p] with { Process = process }));
    }

    private void Tell(ContestedPort port, PortHolder holder)
    {
        Action<ContestedPort, PortHolder>? found;
        lock (_lock)
        {
            _holders[port] = holder;
            found = holder.Process is not null && _watched.Remove(port) ? _found : null;
        }

        found?.Invoke(port, holder);
    }

    private IReadOnlyList<RunningInstance> FindInstances()
    {
        try
        {
            return instances?.Invoke() ?? [];
        }
        catch (Exception)
        {
            return [];
        }
    }
}
