using System.Net;
using System.Net.Sockets;

namespace PortGen.Tests.Support;

/// <summary>Blocks of neighbouring ports that are free when handed out and handed out once: below the ephemeral ports, so that no outgoing connection takes one.</summary>
internal static class FreePorts
{
    private const int First = 12000;
    private const int Last = 32000;

    private static readonly Lock s_lock = new();
    private static int s_next = Random.Shared.Next(First, Last);

    /// <summary>A range of <paramref name="count"/> free ports.</summary>
    public static PortRange Block(int count)
    {
        lock (s_lock)
        {
            while (true)
            {
                if (s_next + count > Last)
                {
                    s_next = First;
                }

                var start = s_next;
                s_next += count;
                if (Enumerable.Range(start, count).All(IsFree))
                {
                    return new PortRange(start, start + count - 1);
                }
            }
        }
    }

    /// <summary>Whether nobody listens on the port, on any address.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Listens on 127.0.0.1 and the port, as another program would.</summary>
    public static Socket Occupy(int port) => Occupy(port, IPAddress.Loopback);

    /// <summary>Listens on the address and the port, as another program would.</summary>
    public static Socket Occupy(int port, IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen();
        return socket;
    }

    /// <summary>Whether a listener on the address and port is refused.</summary>
    public static bool IsRefused(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return true;
        }
    }
}
