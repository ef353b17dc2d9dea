using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PortGen.Tests.Support;

/// <summary>
/// Blocks of neighbouring ports that are free when handed out, and handed out once to all test processes of this machine: below the ephemeral ports,
/// so that no outgoing connection takes one.
/// </summary>
internal static class FreePorts
{
    private const int First = 12000;
    private const int Last = 32000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // Where the next block starts. Each process that hands one out has the file for itself meanwhile.
    private static readonly string s_counter = Path.Combine(Path.GetTempPath(), $"portgen-test-ports-{Environment.UserName}");

    /// <summary>A range of <paramref name="count"/> free ports.</summary>
    public static PortRange Block(int count)
    {
        while (true)
        {
            var start = Take(count);
            if (Enumerable.Range(start, count).All(CanBind))
            {
                return new PortRange(start, start + count - 1);
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

    private static int Take(int count)
    {
        FileStream? file = null;
        SpinWait.SpinUntil(() => (file = TryOpen()) is not null, TimeSpan.FromMinutes(1));
        using (file ?? throw new InvalidOperationException($"{s_counter} is locked"))
        {
            // A new file has nothing, which is the first of all.
            Span<byte> number = stackalloc byte[sizeof(int)];
            var start = file.Read(number) == number.Length ? BinaryPrimitives.ReadInt32LittleEndian(number) : First;
            start = start >= First && start + count <= Last ? start : First;
            BinaryPrimitives.WriteInt32LittleEndian(number, start + count);
            file.Position = 0;
            file.Write(number);
            return start;
        }
    }

    private static FileStream? TryOpen()
    {
        try
        {
            return new FileStream(s_counter, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Nobody listens on it. It isn't listened on to find out: a process that another test starts would have a copy of the listener for a moment.
    private static bool CanBind(int port)
    {
        using var socket = TryListen(port, IPAddress.IPv6Any, listens: false);
        return socket is not null;
    }

    private static Socket? TryListen(int port, IPAddress address, bool listens = true)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            if (listens)
            {
                socket.Listen();
            }

            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
