using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using PortGen.Platform;
using PortGen.Platform.Linux;

namespace PortGen.Tests.Support;

/// <summary>Sockets that are in the way without listening.</summary>
internal static partial class OtherSockets
{
    /// <summary>
    /// A socket that is bound to 127.0.0.1 and the port and does nothing. .NET itself would bind it so that others can bind too. A port that was closed
    /// just now becomes free: a process that another test starts at this moment has it until it runs its program.
    /// </summary>
    public static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var address = new IPEndPoint(IPAddress.Loopback, port).Serialize();
        Assert.True(
            SpinWait.SpinUntil(() => Bind((int)socket.SafeHandle.DangerousGetHandle(), address.Buffer.ToArray(), address.Size) == 0, TimeSpan.FromSeconds(10)),
            $"port {port} can't be bound");
        return socket;
    }

    /// <summary>A listener on the address and port, without IPv4 where it is an IPv6 address.</summary>
    public static Socket Listen(IPAddress address, int port, bool dual = false)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = dual;
        }

        socket.Bind(new IPEndPoint(address, port));
        socket.Listen();
        return socket;
    }

    /// <summary>
    /// A connection from a port that no other connection has, not even one that lingers after its end: the system gives a port to several that
    /// lead to different places.
    /// </summary>
    public static Socket Connect(EndPoint server)
    {
        while (true)
        {
            var client = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(server);
            var (own, sockets) = (((IPEndPoint)client.LocalEndPoint!).Port, new List<SocketEntry>());
            Assert.True(SocketTable.TryRead(new HashSet<int> { own }, new Deadline(TimeSpan.FromMinutes(1)), sockets));
            if (sockets.Count(s => s.Local.Port == own) == 1)
            {
                return client;
            }

            client.Dispose();
        }
    }

    [LibraryImport("libc", EntryPoint = "bind")]
    private static partial int Bind(int socket, byte[] address, int length);
}
