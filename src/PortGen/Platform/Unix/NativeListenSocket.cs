using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PortGen.Platform.Unix;

/// <summary>
/// Tries one number after another on an address by bind(2) and listen(2): a number that is taken costs a system call, where .NET's own
/// socket is opened, throws and is closed each time. For Linux and macOS.
/// </summary>
internal sealed partial class NativeListenSocket(IPAddress address) : IDisposable
{
    private const int InternetFamily = 2;
    private const int InternetProtocol6 = 41;
    private const int StreamType = 1;
    private const int SetDescriptorFlags = 2;
    private const int DescriptorCloseOnExec = 1;
    private const int NotPermitted = 1;
    private const int OutOfMemory = 12;
    private const int PermissionDenied = 13;
    private const int InvalidArgument = 22;
    private const int TooManyFilesInSystem = 23;
    private const int TooManyFilesInProcess = 24;
    private const int Closed = -1;

    private static readonly SystemNumbers s_system = OperatingSystem.IsLinux() ? SystemNumbers.Linux : SystemNumbers.MacOS;

    // Never thrown, so one is enough for a thousand numbers.
    private static readonly SocketException s_inUse = new((int)SocketError.AddressAlreadyInUse);

    private readonly SocketAddress _address = new IPEndPoint(address, 0).Serialize();

    // Not bound yet, and therefore good for the next number too.
    private int _descriptor = Closed;

    public static bool IsSupported => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    private bool IsIPv6 => address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Opens a socket that listens on the number.</summary>
    /// <returns>Why the number can't be had; <see langword="null"/> on success.</returns>
    public SocketException? TryListen(int port, out Socket? socket)
    {
        socket = null;
        if (Bind(port) is { } refusal)
        {
            return refusal;
        }

        if (listen(_descriptor, ListenSocket.Backlog) != 0)
        {
            var failure = LastFailure();
            Dispose();
            return failure;
        }

        socket = new Socket(new SafeSocketHandle(_descriptor, ownsHandle: true));
        _descriptor = Closed;
        return null;
    }

    /// <summary>Binds the number without listening, and lets go of it: that reserves nothing, see <see cref="ListenSocket"/>.</summary>
    /// <returns>Why the number can't be had; <see langword="null"/> where it is free.</returns>
    public SocketException? Look(int port)
    {
        var refusal = Bind(port);
        if (refusal is null)
        {
            Dispose();
        }

        return refusal;
    }

    /// <summary>Closes the socket that no number was found for.</summary>
    public void Dispose()
    {
        if (_descriptor != Closed)
        {
            _ = close(_descriptor);
            _descriptor = Closed;
        }
    }

    private unsafe SocketException? Bind(int port)
    {
        if (_descriptor == Closed && (_descriptor = Open()) == Closed)
        {
            return LastFailure();
        }

        // In network byte order, behind the two bytes of the family, in both families and on both systems.
        BinaryPrimitives.WriteUInt16BigEndian(_address.Buffer.Span[2..], (ushort)port);
        fixed (byte* bytes = _address.Buffer.Span)
        {
            return bind(_descriptor, bytes, (uint)_address.Size) == 0 ? null : LastFailure();
        }
    }

    private unsafe int Open()
    {
        var descriptor = NativeListenSocket.socket(IsIPv6 ? s_system.InternetFamily6 : InternetFamily, StreamType | s_system.CloseOnExec, 0);
        if (descriptor == Closed)
        {
            return Closed;
        }

        if (s_system.CloseOnExec == 0)
        {
            _ = fcntl(descriptor, SetDescriptorFlags, DescriptorCloseOnExec);
        }

        // As .NET sets them: a port whose connections are in TIME_WAIT is free; only "all interfaces" takes IPv4 along.
        var (on, only) = (1, address.Equals(IPAddress.IPv6Any) ? 0 : 1);
        _ = setsockopt(descriptor, s_system.SocketLevel, s_system.ReuseAddress, &on, sizeof(int));
        if (IsIPv6)
        {
            _ = setsockopt(descriptor, InternetProtocol6, s_system.Version6Only, &only, sizeof(int));
        }

        return descriptor;
    }

    // .NET has numbers of its own, fewer than the system: the message is the system's, with what to do where another port is no way out.
    private static SocketException LastFailure()
    {
        var number = Marshal.GetLastPInvokeError();
        var error = number switch
        {
            PermissionDenied or NotPermitted => SocketError.AccessDenied,
            TooManyFilesInProcess or TooManyFilesInSystem => SocketError.TooManyOpenSockets,
            InvalidArgument => SocketError.InvalidArgument,
            _ when number == OutOfMemory || number == s_system.NoBuffers => SocketError.NoBufferSpaceAvailable,
            _ when number == s_system.AddressInUse => SocketError.AddressAlreadyInUse,
            _ when number == s_system.AddressNotAvailable => SocketError.AddressNotAvailable,
            _ when number == s_system.FamilyNotSupported => SocketError.AddressFamilyNotSupported,
            _ => SocketError.SocketError,
        };
        return error == SocketError.AddressAlreadyInUse ? s_inUse : new SocketException((int)error, new Win32Exception(number).Message + Advice(number));
    }

    private static string Advice(int number) => number switch
    {
        TooManyFilesInProcess => ": this process has reached its limit. Raise it (ulimit -n; LimitNOFILE= in a systemd unit)",
        TooManyFilesInSystem => ": the machine has reached its limit. Raise it (sysctl fs.file-max on Linux, kern.maxfiles on macOS), or close programs that have many files open",
        _ when number == OutOfMemory || number == s_system.NoBuffers => ": the system has no memory for another socket. Close programs that have many sockets open, or raise the memory limit",
        _ => "",
    };

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int setsockopt(int descriptor, int level, int option, int* value, uint size);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int bind(int descriptor, byte* address, uint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int descriptor, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    /// <summary>What the systems number differently. <paramref name="CloseOnExec"/> is a flag of socket(2), 0 where it has none.</summary>
    private sealed record SystemNumbers(
        int InternetFamily6, int CloseOnExec, int SocketLevel, int ReuseAddress, int Version6Only, int FamilyNotSupported, int AddressInUse, int AddressNotAvailable,
        int NoBuffers)
    {
        public static readonly SystemNumbers Linux = new(10, 0x80000, 1, 2, 26, 97, 98, 99, 105);
        public static readonly SystemNumbers MacOS = new(30, 0, 0xffff, 4, 27, 47, 48, 49, 55);
    }
}
