using System.Diagnostics;
using System.Globalization;
using PortGen.Platform.Linux;

namespace PortGen.Binding.Conflicts;

/// <summary>
/// Finds out what holds ports. It is for messages only: it never fails, and a start waits no longer for all its searches together than their limit.
/// A search continues beside the start when its time is up; later lookups know what earlier ones have found.
/// </summary>
/// <remarks>Linux alone is asked; on macOS and Windows nothing is found.</remarks>
/// <param name="instances">Other running instances of this application; <see langword="null"/> where nobody knows.</param>
/// <param name="limit">How long a start waits for all searches together; absent = 200 ms. Zero: nothing is searched.</param>
internal sealed class PortHolderLookup(Func<IReadOnlyList<RunningInstance>>? instances = null, TimeSpan? limit = null)
{
    // So that a later search has some time too.
    private const double ShareOfOneSearch = 0.8;

    // For the message of a start that fails: by default two seconds. The process ends anyway.
    private const int LastSearchFactor = 10;

    // By then whoever had the port has mostly gone, and nobody reads on.
    private static readonly TimeSpan s_longestSearch = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _limit = limit ?? TimeSpan.FromMilliseconds(200);
    private readonly List<PortHolderSearch> _searches = [];
    private TimeSpan _waited;

    /// <summary>Whether the last search had not come to its end when its time was up.</summary>
    public bool GoesOn { get; private set; }

    /// <summary>The holders that could be found; a port about which nothing is known is missing from the answer.</summary>
    /// <param name="ports">The ports.</param>
    /// <param name="isLast">Whether this is for the message of a start that has failed, which may take more time.</param>
    public IReadOnlyDictionary<ContestedPort, PortHolder> Find(IReadOnlyCollection<ContestedPort> ports, bool isLast = false)
    {
        GoesOn = false;
        if (!SocketTable.IsSupported || ports.Count == 0 || _limit <= TimeSpan.Zero)
        {
            return new Dictionary<ContestedPort, PortHolder>();
        }

        // On a thread of its own, because reading about a process can block for as long as that process is stuck in the kernel.
        var clock = Stopwatch.StartNew();
        var share = isLast ? _limit * LastSearchFactor : Max((_limit - _waited) * ShareOfOneSearch, TimeSpan.Zero);
        var search = new PortHolderSearch(ports, Likely(), instances, s_longestSearch < share ? share : s_longestSearch);
        _searches.Add(search);
        search.Start();
        GoesOn = !search.Wait(share);
        _waited += clock.Elapsed;
        return Known(ports);
    }

    /// <summary>Tells of each holder that the last search finds from now on.</summary>
    /// <param name="ports">The ports to tell of, whose holders weren't known yet.</param>
    /// <param name="found">Told once for each port, on a thread of the search's.</param>
    public void Watch(IReadOnlyCollection<ContestedPort> ports, Action<ContestedPort, PortHolder> found)
    {
        if (_searches.Count > 0)
        {
            _searches[^1].Watch(ports, found);
        }
    }

    /// <summary>Ends every search; nothing more is told.</summary>
    public void Stop() => _searches.ForEach(static s => s.Stop());

    /// <summary>Waits until every search has come to its end, for tests.</summary>
    /// <returns>Whether they have.</returns>
    internal bool WaitForAll(TimeSpan time) => _searches.TrueForAll(s => s.Wait(time));

    // This process comes first always: two services that bind one port by hand are a common mistake.
    private List<string> Likely() =>
    [
        Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        .. _searches.SelectMany(static s => s.Holders.Values).Where(static h => h.Process is not null)
            .Select(static h => h.Process!.Id.ToString(CultureInfo.InvariantCulture)),
    ];

    private Dictionary<ContestedPort, PortHolder> Known(IReadOnlyCollection<ContestedPort> ports)
    {
        var known = new Dictionary<ContestedPort, PortHolder>();
        foreach (var search in _searches)
        {
            foreach (var (port, holder) in search.Holders)
            {
                if (ports.Contains(port) && !(known.TryGetValue(port, out var before) && before.IsStillTrueBeside(holder)))
                {
                    known[port] = holder;
                }
            }
        }

        return known;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
