using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PortGen.Platform;

/// <summary>A listening socket that another process has handed over.</summary>
internal static class HandedSocket
{
    /// <summary>Makes a socket of it, if it is a TCP socket that listens on the port; closes it otherwise.</summary>
    /// <param name="handle">What came from the other process, which could be anything.</param>
    /// <param name="port">The port that the other process says it is on.</param>
    public static Socket? Adopt(SafeSocketHandle handle, int port)
    {
        Socket? socket = null;
        try
        {
            // Fails for what is no socket: a file, say.
            socket = new Socket(handle);
            if (socket is { SocketType: SocketType.Stream, ProtocolType: ProtocolType.Tcp, LocalEndPoint: IPEndPoint address } && address.Port == port
                && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! != 0)
            {
                return socket;
            }
        }
        catch (Exception e) when (e is SocketException or ArgumentException or ExternalException)
        {
            // As above.
        }

        socket?.Dispose();
        handle.Dispose();
        return null;
    }
}
