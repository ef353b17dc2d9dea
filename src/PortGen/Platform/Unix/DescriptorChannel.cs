using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PortGen.Platform.Unix;

/// <summary>
/// A connection between two processes of this machine that carries lines of text, and open sockets beside them (SCM_RIGHTS, unix(7)). All of it blocks: a socket that .NET
/// once used asynchronously would receive text, and silently drop the descriptors.
/// </summary>
internal sealed unsafe partial class DescriptorChannel : IDisposable
{
    /// <summary>The most descriptors that go with one line. The system allows 253; fewer leave room for those that a process may still open.</summary>
    public const int MostDescriptors = 64;

    private const int LongestLine = 64 * 1024;
    private const int Interrupted = 4;
    private const int Rights = 1;
    private const int SetDescriptorFlags = 2;
    private const int DescriptorCloseOnExec = 1;
    private const int HeaderSize = 56;
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    // LOCAL_PEERCRED and LOCAL_PEERPID of SOL_LOCAL on macOS; struct xucred begins with a version and the user.
    private const int LocalLevel = 0;
    private const int LocalCredentials = 1;
    private const int LocalProcess = 2;
    private const int LocalCredentialsSize = 76;

    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(50);
    private static readonly SystemNumbers s_system = OperatingSystem.IsMacOS() ? SystemNumbers.MacOS : SystemNumbers.Linux;

    private readonly Socket _socket;

    // Each with the place of the last byte that came with it. The system ends a read behind the message that has descriptors, so that byte is of their line, even
    // where the read began with other lines.
    private readonly List<(long At, SafeFileHandle Handle)> _descriptors = [];
    private byte[] _received = [];
    private long _read;

    /// <summary>Takes over a connected socket of the family Unix.</summary>
    public DescriptorChannel(Socket socket)
    {
        _socket = socket;
        _socket.SendTimeout = 5000;
    }

    /// <summary>Whether this system can hand sockets from one process to another.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>The user and the process at the other end, as the system knows them; <see langword="null"/> where it doesn't say, or the process is in another pid namespace.</summary>
    public (uint User, int ProcessId)? Peer
    {
        get
        {
            try
            {
                if (OperatingSystem.IsMacOS())
                {
                    Span<byte> local = stackalloc byte[LocalCredentialsSize];
                    Span<byte> id = stackalloc byte[4];
                    return _socket.GetRawSocketOption(LocalLevel, LocalCredentials, local) >= 8 && _socket.GetRawSocketOption(LocalLevel, LocalProcess, id) == id.Length
                        ? (BinaryPrimitives.ReadUInt32LittleEndian(local[4..]), BinaryPrimitives.ReadInt32LittleEndian(id))
                        : null;
                }

                // struct ucred: process, user, group.
                Span<byte> credentials = stackalloc byte[12];
                return _socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == credentials.Length
                    && BinaryPrimitives.ReadInt32LittleEndian(credentials) is > 0 and var process
                    ? (BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]), process)
                    : null;
            }
            catch (SocketException)
            {
                return null;
            }
        }
    }

    /// <summary>Sends a line, and sockets beside it: the other process gets descriptors of its own for them.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="sockets">At most <see cref="MostDescriptors"/>.</param>
    /// <exception cref="IOException">The other side has gone, or reads nothing.</exception>
    public void Send(string line, IReadOnlyList<SafeSocketHandle>? sockets = null)
    {
        var content = Encoding.UTF8.GetBytes(line + '\n');
        var count = sockets?.Count ?? 0;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostDescriptors, nameof(sockets));
        Span<byte> control = stackalloc byte[s_system.ControlSpace(count)];
        control.Clear();
        if (count > 0)
        {
            s_system.WriteControlHeader(control, count);
            for (var i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(control[(s_system.ControlHeader + (4 * i))..], (int)sockets![i].DangerousGetHandle());
            }
        }

        for (var sent = 0; sent < content.Length;)
        {
            // The descriptors go with the first byte.
            var length = Transfer(content.AsSpan(sent), sent == 0 ? control : [], isSend: true, out _, out _);
            sent += length > 0 ? length : throw new IOException("The other process has closed the connection.");
        }

        GC.KeepAlive(sockets);
    }

    /// <summary>Waits for the next line.</summary>
    /// <param name="limit">How long to wait for all of it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The line with what came beside it; <see langword="null"/> once the other side has closed the connection, or ended.</returns>
    /// <exception cref="TimeoutException">The time is up.</exception>
    /// <exception cref="IOException">What came is too long, or descriptors were lost because this process may not open more.</exception>
    public ChannelMessage? Receive(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        var buffer = new byte[4096];
        while (true)
        {
            var at = Array.IndexOf(_received, (byte)'\n');
            if (at >= 0)
            {
                var line = Encoding.UTF8.GetString(_received, 0, at);
                _received = _received[(at + 1)..];
                _read += at + 1;
                var message = new ChannelMessage(line, [.. _descriptors.Where(d => d.At <= _read).Select(static d => d.Handle)]);
                _descriptors.RemoveAll(d => d.At <= _read);
                return message;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (!_socket.Poll(s_slice, SelectMode.SelectRead))
            {
                if (Environment.TickCount64 >= end)
                {
                    throw new TimeoutException("The other process has not answered in time.");
                }

                continue;
            }

            var length = ReceiveSome(buffer);
            if (length <= 0)
            {
                return null;
            }

            _received = [.. _received, .. buffer.AsSpan(0, length)];
            if (_received.Length > LongestLine)
            {
                throw new IOException("The other process has sent a line that is too long.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _descriptors.ForEach(static d => d.Handle.Dispose());
        _descriptors.Clear();
        _socket.Dispose();
    }

    private int ReceiveSome(byte[] buffer)
    {
        Span<byte> control = stackalloc byte[s_system.ControlSpace(MostDescriptors)];
        control.Clear();
        var length = Transfer(buffer, control, isSend: false, out var controlLength, out var flags);
        for (var i = s_system.ControlHeader; length > 0 && i + 4 <= Math.Min(controlLength, s_system.ControlLength(control)) && s_system.HasRights(control); i += 4)
        {
            var descriptor = BinaryPrimitives.ReadInt32LittleEndian(control[i..]);
            _ = s_system.ReceiveFlags == 0 ? fcntl(descriptor, SetDescriptorFlags, DescriptorCloseOnExec) : 0;
            _descriptors.Add((_read + _received.Length + length, new SafeFileHandle(descriptor, ownsHandle: true)));
        }

        return (flags & s_system.Truncated) == 0 ? length : throw new IOException(
            "Not every socket of the other process could be taken: this process may not open more files. Raise the limit (ulimit -n; LimitNOFILE= in a systemd unit)");
    }

    // One message. The header's fields lie where they do on both systems; only the flags that come back don't.
    private int Transfer(Span<byte> content, Span<byte> control, bool isSend, out int controlLength, out int flags)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        fixed (byte* text = content, rights = control, message = header)
        {
            var vector = stackalloc nint[2];
            vector[0] = (nint)text;
            vector[1] = content.Length;
            *(nint*)(message + 16) = (nint)vector;
            *(nint*)(message + 24) = 1;
            *(nint*)(message + 32) = control.IsEmpty ? 0 : (nint)rights;
            *(nint*)(message + 40) = control.Length;
            nint length;
            do
            {
                var descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
                length = isSend ? sendmsg(descriptor, message, s_system.SendFlags) : recvmsg(descriptor, message, s_system.ReceiveFlags);
            }
            while (length < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            controlLength = *(int*)(message + 40);
            flags = *(int*)(message + s_system.FlagsAt);
            return (int)length;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int descriptor, byte* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int descriptor, byte* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    /// <summary>What the systems lay out or number differently: struct cmsghdr begins with a size_t on Linux and with 32 bits on macOS.</summary>
    private sealed record SystemNumbers(int ControlHeader, int Alignment, int SocketLevel, int SendFlags, int ReceiveFlags, int Truncated, int FlagsAt)
    {
        // MSG_NOSIGNAL, MSG_CMSG_CLOEXEC, MSG_CTRUNC.
        public static readonly SystemNumbers Linux = new(16, 8, 1, 0x4000, 0x40000000, 0x8, 48);
        public static readonly SystemNumbers MacOS = new(12, 4, 0xffff, 0, 0, 0x20, 44);

        public int ControlSpace(int descriptors) => descriptors == 0 ? 0 : (ControlHeader + (4 * descriptors) + Alignment - 1) / Alignment * Alignment;

        public void WriteControlHeader(Span<byte> control, int descriptors)
        {
            BinaryPrimitives.WriteInt32LittleEndian(control, ControlHeader + (4 * descriptors));
            BinaryPrimitives.WriteInt32LittleEndian(control[(ControlHeader - 8)..], SocketLevel);
            BinaryPrimitives.WriteInt32LittleEndian(control[(ControlHeader - 4)..], Rights);
        }

        public int ControlLength(ReadOnlySpan<byte> control) => BinaryPrimitives.ReadInt32LittleEndian(control);

        public bool HasRights(ReadOnlySpan<byte> control) =>
            BinaryPrimitives.ReadInt32LittleEndian(control[(ControlHeader - 8)..]) == SocketLevel && BinaryPrimitives.ReadInt32LittleEndian(control[(ControlHeader - 4)..]) == Rights;
    }
}

/// <summary>A line with the descriptors that came beside it. Whoever gets it owns them.</summary>
/// <param name="Line">The line.</param>
/// <param name="Descriptors">
/// Not as handles of sockets: one of these sets SO_LINGER to 0 before it closes, on the socket that the other process serves, whose connections would inherit it and end
/// by a reset.
/// </param>
internal sealed record ChannelMessage(string Line, IReadOnlyList<SafeFileHandle> Descriptors);
