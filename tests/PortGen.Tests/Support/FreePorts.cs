using System.Net;
using System.Net.Sockets;

namespace PortGen.Tests.Support;

/// <summary>Blocks of neighbouring ports that are free when handed out and handed out once: below the ephemeral ports, so that no outgoing connection takes one.</summary>
internal static class FreePorts
{
    private const int First = 12000;
    private const int Last = 32000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

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
        using var socket = TryListen(port, IPAddress.IPv6Any);
        return socket is not null;
    }

    /// <summary>Whether nobody listens on the port, now or as soon as what was closed here is closed everywhere.</summary>
    /// <remarks>A test beside this one may be starting a process, which has a copy of every socket of this one until it executes its program.</remarks>
    public static bool BecomesFree(int port) => SpinWait.SpinUntil(() => IsFree(port), s_patience);

    /// <summary>Whether the port is free, now or soon, or in use, now.</summary>
    public static bool Becomes(int port, bool free) => free ? BecomesFree(port) : !IsFree(port);

    /// <summary>Listens on 127.0.0.1 and the port, as another program would.</summary>
    public static Socket Occupy(int port) => Occupy(port, IPAddress.Loopback);

    /// <summary>Listens on the address and the port, as another program would.</summary>
    public static Socket Occupy(int port, IPAddress address)
    {
        Socket? occupied = null;
        SpinWait.SpinUntil(() => (occupied = TryListen(port, address)) is not null, s_patience);
        return occupied ?? throw new InvalidOperationException($"port {port} is in use");
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

    private static Socket? TryListen(int port, IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
