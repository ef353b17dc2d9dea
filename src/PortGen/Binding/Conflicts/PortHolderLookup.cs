using System.Diagnostics;
using System.Globalization;
using PortGen.Platform;
using PortGen.Platform.Linux;

namespace PortGen.Binding.Conflicts;

/// <summary>Finds out what holds ports. It is for messages only: it never fails, and all its searches together take no longer than its limit.</summary>
/// <remarks>Linux alone is asked; on macOS and Windows nothing is found.</remarks>
/// <param name="isEarlierInstance">Whether a process id is that of an earlier instance of this application; <see langword="null"/> where nobody knows.</param>
/// <param name="limit">The time for all searches; absent = 200 ms.</param>
internal sealed class PortHolderLookup(Func<int, bool>? isEarlierInstance = null, TimeSpan? limit = null)
{
    // So that a later search has some time too.
    private const double ShareOfOneSearch = 0.8;

    private readonly List<string> _processes = [Environment.ProcessId.ToString(CultureInfo.InvariantCulture)];
    private TimeSpan _left = limit ?? TimeSpan.FromMilliseconds(200);

    /// <summary>The holders that could be found; a port about which nothing is known is missing from the answer.</summary>
    public IReadOnlyDictionary<ContestedPort, PortHolder> Find(IReadOnlyCollection<ContestedPort> ports)
    {
        if (!SocketTable.IsSupported || ports.Count == 0 || _left <= TimeSpan.Zero)
        {
            return new Dictionary<ContestedPort, PortHolder>();
        }

        // On a thread of its own, because reading about a process can block for as long as that process is stuck in the kernel.
        var clock = Stopwatch.StartNew();
        var share = _left * ShareOfOneSearch;
        var search = new PortHolderSearch(ports, _processes, isEarlierInstance, new Deadline(share));
        var thread = new Thread(search.Run) { IsBackground = true, Name = "PortGen port holders" };
        thread.Start();
        thread.Join(share);
        _left -= clock.Elapsed;

        // Searched first the next time. This process comes first always: two services that bind one port by hand are a common mistake.
        var holders = search.Holders;
        _processes.AddRange(holders.Values.Where(static h => h.Process is not null)
            .Select(static h => h.Process!.Id.ToString(CultureInfo.InvariantCulture)).Except(_processes).ToList());
        return holders;
    }
}
