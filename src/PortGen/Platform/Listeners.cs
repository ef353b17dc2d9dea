using System.Net;
using System.Net.NetworkInformation;
using PortGen.Platform.Linux;

namespace PortGen.Platform;

/// <summary>Who listens on a number, by the system's tables. Nothing is bound to find out: that would refuse the number to whoever tries at that moment.</summary>
internal static class Listeners
{
    private const int Listening = 10;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);

    /// <summary>Whether one is in the way of a listener on an address. Where the system doesn't tell, the answer is yes.</summary>
    public static bool IsInTheWay(IReadOnlyList<IPAddress> addresses, int number)
    {
        try
        {
            return Find(number).Exists(s => s.Hold == PortHold.Listener && addresses.Any(a => s.Suspicion(a) is not null));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetworkInformationException)
        {
            return true;
        }
    }

    private static List<SocketEntry> Find(int number)
    {
        if (!SocketTable.IsSupported)
        {
            return [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(e => e.Port == number).Select(static e => new SocketEntry(e, e, Listening, 0, 0))];
        }

        var sockets = new List<SocketEntry>();
        return SocketTable.TryRead(new HashSet<int> { number }, new Deadline(s_limit), sockets) ? sockets : throw new IOException("there are too many sockets");
    }
}
