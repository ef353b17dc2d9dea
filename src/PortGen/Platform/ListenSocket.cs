using System.Net;
using System.Net.Sockets;
using PortGen.Platform.Unix;

namespace PortGen.Platform;

/// <summary>How numbers are tried once one was refused.</summary>
internal enum ListenProbing
{
    /// <summary>By .NET's sockets, which throw for every number that is taken. Works on every system.</summary>
    Managed,

    /// <summary>By system calls, where <see cref="NativeListenSocket"/> knows them.</summary>
    Native,
}

/// <summary>The one seam to the operating system's sockets: opens sockets that listen, or says why not.</summary>
internal sealed class ListenSocket(ListenProbing probing) : IDisposable
{
    // The system's own limit (net.core.somaxconn on Linux) cuts this down.
    public const int Backlog = 4096;

    private static readonly ListenResult s_nothing = new([], [], []);

    private readonly Dictionary<IPAddress, NativeListenSocket> _native = [];
    private bool _refused;

    /// <summary>The probing that this system does best.</summary>
    public static ListenProbing DefaultProbing => NativeListenSocket.IsSupported ? ListenProbing.Native : ListenProbing.Managed;

    /// <summary>Opens listening sockets on one port number: all of them or none.</summary>
    /// <param name="addresses">The addresses to listen on; where there are several, one that this machine lacks is left out.</param>
    /// <param name="port">The port, or 0 for one that the system chooses.</param>
    /// <param name="result">The sockets, and the families that this machine lacks; where a later family is refused, the closed sockets of the first.</param>
    /// <returns>Why the port can't be had; <see langword="null"/> on success.</returns>
    public SocketException? TryListen(IReadOnlyList<IPAddress> addresses, int port, out ListenResult result)
    {
        result = s_nothing;
        for (var i = 0; i < addresses.Count; i++)
        {
            // The families of one lease share the number that the system chose for the first.
            var number = result.Sockets.Count > 0 ? result.EndPoints[0].Port : port;
            var refusal = TryListen(addresses[i], number, out var socket);
            if (refusal is not null && (addresses.Count == 1 || !IsFamilyMissing(refusal)))
            {
                _refused = true;
                result.Close();
                return refusal;
            }

            result = ReferenceEquals(result, s_nothing) ? new ListenResult([], [], []) : result;
            if (refusal is not null)
            {
                result.MissingAddresses.Add(addresses[i]);
                continue;
            }

            result.Sockets.Add(socket!);
            result.EndPoints.Add(number == 0 ? (IPEndPoint)socket!.LocalEndPoint! : new IPEndPoint(addresses[i], number));
        }

        return result.Sockets.Count > 0 ? null : new SocketException((int)SocketError.AddressNotAvailable);
    }

    /// <summary>
    /// Looks whether a port number is free, without listening on it: no client can connect, and nobody else who asks in this moment is refused
    /// (unless it is without SO_REUSEADDR, which servers set).
    /// </summary>
    /// <param name="addresses">As for <see cref="TryListen(IReadOnlyList{IPAddress}, int, out ListenResult)"/>.</param>
    /// <param name="port">The port.</param>
    /// <returns>Why the port can't be had; <see langword="null"/> where it is free.</returns>
    public SocketException? Look(IReadOnlyList<IPAddress> addresses, int port)
    {
        foreach (var address in addresses)
        {
            var refusal = Look(address, port);
            if (refusal is not null && (addresses.Count == 1 || !IsFamilyMissing(refusal)))
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>Closes what was kept open for the next number.</summary>
    public void Dispose()
    {
        foreach (var native in _native.Values)
        {
            native.Dispose();
        }

        _native.Clear();
    }

    private SocketException? TryListen(IPAddress address, int port, out Socket? socket)
    {
        if (_refused && probing == ListenProbing.Native)
        {
            return Native(address).TryListen(port, out socket);
        }

        var refusal = TryListenManaged(address, port, out socket);
        return IsVague(refusal) ? Native(address).TryListen(port, out socket) : refusal;
    }

    private SocketException? Look(IPAddress address, int port)
    {
        if (probing == ListenProbing.Native)
        {
            return Native(address).Look(port);
        }

        var refusal = LookManaged(address, port);
        return IsVague(refusal) ? Native(address).Look(port) : refusal;
    }

    // .NET has one error for several of the system's, and for "too many open files" names the wrong one. Asked itself, the system says which.
    private static bool IsVague(SocketException? refusal) =>
        refusal is { SocketErrorCode: not SocketError.AddressAlreadyInUse } && NativeListenSocket.IsSupported;

    private NativeListenSocket Native(IPAddress address)
    {
        if (!_native.TryGetValue(address, out var native))
        {
            _native.Add(address, native = new NativeListenSocket(address));
        }

        return native;
    }

    private static SocketException? TryListenManaged(IPAddress address, int port, out Socket? socket)
    {
        socket = null;
        Socket? opening = null;
        try
        {
            opening = BindManaged(address, port);
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

    private static SocketException? LookManaged(IPAddress address, int port)
    {
        try
        {
            BindManaged(address, port).Dispose();
            return null;
        }
        catch (SocketException e)
        {
            return e;
        }
    }

    private static Socket BindManaged(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            // Windows lets a second process bind and listen on a port that somebody has, unless the first one forbids it. Untested.
            if (OperatingSystem.IsWindows())
            {
                socket.ExclusiveAddressUse = true;
            }

            // This alone reserves nothing: .NET sets SO_REUSEADDR, so a second process can bind as well. Only a listening socket is exclusive.
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsFamilyMissing(SocketException e) =>
        e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.ProtocolFamilyNotSupported;
}

/// <summary>What <see cref="ListenSocket"/> opened.</summary>
/// <param name="Sockets">Listening sockets on one port number.</param>
/// <param name="EndPoints">Where each of them listens.</param>
/// <param name="MissingAddresses">Addresses of the host that this machine doesn't have.</param>
internal sealed record ListenResult(List<Socket> Sockets, List<IPEndPoint> EndPoints, List<IPAddress> MissingAddresses)
{
    public void Close()
    {
        foreach (var socket in Sockets)
        {
            socket.Dispose();
        }
    }
}
