using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PortGen.Platform.Unix;

namespace PortGen.Platform;

/// <summary>A listening socket that another process has handed over.</summary>
internal static class HandedSocket
{
    /// <summary>Makes a socket of a descriptor, if it is a TCP socket that listens on the port; closes it otherwise.</summary>
    /// <param name="descriptor">What came from the other process, which could be anything.</param>
    /// <param name="port">The port that the other process says it is on; <see langword="null"/> for any.</param>
    public static Socket? Adopt(SafeFileHandle descriptor, int? port = null)
    {
        var handle = FreshDescriptor.Of(descriptor);
        Socket? socket = null;
        try
        {
            // Throws for anything but a socket, such as a file.
            socket = new Socket(handle);
            if (IsListening(socket) && (port is null || ((IPEndPoint)socket.LocalEndPoint!).Port == port))
            {
                return socket;
            }
        }
        catch (Exception e) when (e is SocketException or ArgumentException or ExternalException)
        {
            // As above.
        }

        // Through the socket where there is one: the handle alone would set SO_LINGER first.
        if (socket is null)
        {
            handle.Dispose();
        }

        socket?.Dispose();
        return null;
    }

    /// <summary>Whether it is a TCP socket that listens.</summary>
    /// <exception cref="SocketException">It is not a socket.</exception>
    public static bool IsListening(Socket socket) => socket is { SocketType: SocketType.Stream, ProtocolType: ProtocolType.Tcp, LocalEndPoint: IPEndPoint }
        && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! != 0;
}
