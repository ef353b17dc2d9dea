using System.Net;
using System.Net.Sockets;

namespace PortGen.Binding;

/// <summary>The one seam to the operating system's sockets: opens sockets that listen, or says why not.</summary>
internal static class ListenSocket
{
    // The system's own limit (net.core.somaxconn on Linux) cuts this down.
    private const int Backlog = 4096;

    /// <summary>Opens the listening sockets of a host on one port number: all of them or none.</summary>
    /// <param name="host"><c>localhost</c>, <c>*</c> or an IP address.</param>
    /// <param name="port">The port, or 0 for one that the system chooses.</param>
    /// <param name="result">The sockets, and the families that this machine lacks.</param>
    /// <returns>Why the port can't be had; <see langword="null"/> on success.</returns>
    public static SocketException? TryListen(string host, int port, out ListenResult result)
    {
        result = new ListenResult([], []);
        var sockets = new List<Socket>();
        var missing = new List<IPAddress>();
        var addresses = Addresses(host);
        SocketException? lack = null;
        foreach (var address in addresses)
        {
            // The families of one lease share the number that the system chose for the first.
            var number = sockets.Count > 0 ? ((IPEndPoint)sockets[0].LocalEndPoint!).Port : port;
            var failure = TryListen(address, number, out var socket);
            if (socket is not null)
            {
                sockets.Add(socket);
            }
            else if (addresses.Count > 1 && IsFamilyMissing(failure!))
            {
                missing.Add(address);
                lack = failure;
            }
            else
            {
                sockets.ForEach(static s => s.Dispose());
                return failure;
            }
        }

        result = new ListenResult(sockets, missing);
        return sockets.Count > 0 ? null : lack;
    }

    private static SocketException? TryListen(IPAddress address, int port, out Socket? socket)
    {
        socket = null;
        Socket? opening = null;
        try
        {
            opening = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                opening.DualMode = address.Equals(IPAddress.IPv6Any);
            }

            // Bind alone reserves nothing: .NET sets SO_REUSEADDR, so a second process can bind as well. Only a listening socket is exclusive.
            opening.Bind(new IPEndPoint(address, port));
            opening.Listen(Backlog);
            socket = opening;
            return null;
        }
        catch (SocketException e)
        {
            opening?.Dispose();
            return e;
        }
    }

    /// <summary>The addresses of a host: all of them are one lease.</summary>
    public static IReadOnlyList<IPAddress> Addresses(string host) => host switch
    {
        PortSettingValue.Localhost => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        PortSettingValue.AllInterfaces => [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any],
        _ => [IPAddress.Parse(host)],
    };

    private static bool IsFamilyMissing(SocketException e) =>
        e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.ProtocolFamilyNotSupported;
}

/// <summary>What <see cref="ListenSocket"/> opened.</summary>
/// <param name="Sockets">Listening sockets on one port number.</param>
/// <param name="MissingAddresses">Addresses of the host that this machine doesn't have.</param>
internal sealed record ListenResult(IReadOnlyList<Socket> Sockets, IReadOnlyList<IPAddress> MissingAddresses);
