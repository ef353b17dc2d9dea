using System.Net;
using System.Net.NetworkInformation;
using PortGen.Platform.Linux;

namespace PortGen.Platform;

/// <summary>Who listens on a number, by the system's tables. Nothing is bound to find out: that would refuse the number to whoever tries at that moment.</summary>
internal static class Listeners
{
    private const int Listening = 10;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);

    /// <summary>The numbers on which one is in the way of a listener. Where the system doesn't tell, that is every number.</summary>
    /// <param name="wanted">The numbers, and the addresses to listen on.</param>
    public static IReadOnlySet<int> InTheWayOf(IReadOnlyDictionary<int, IReadOnlyList<IPAddress>> wanted)
    {
        var numbers = wanted.Keys.ToHashSet();
        if (numbers.Count == 0)
        {
            return numbers;
        }

        try
        {
            return Read(numbers).Where(s => s.Hold == PortHold.Listener && wanted[s.Local.Port].Any(a => s.Suspicion(a) is not null)).Select(static s => s.Local.Port).ToHashSet();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetworkInformationException)
        {
            return numbers;
        }
    }

    private static List<SocketEntry> Read(HashSet<int> numbers)
    {
        if (!SocketTable.IsSupported)
        {
            return [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(e => numbers.Contains(e.Port)).Select(static e => new SocketEntry(e, e, Listening, 0, 0))];
        }

        var sockets = new List<SocketEntry>();
        return SocketTable.TryRead(numbers, new Deadline(s_limit), sockets) ? sockets : throw new IOException("there are too many sockets");
    }
}
