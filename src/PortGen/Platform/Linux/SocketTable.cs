using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace PortGen.Platform.Linux;

/// <summary>Reads Linux's tables of TCP sockets, /proc/net/tcp and tcp6 (proc(5)): those of this network namespace.</summary>
internal static class SocketTable
{
    private const int RequestInProgress = 3;

    /// <summary>Whether this system has these tables.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>The sockets on the wanted numbers.</summary>
    /// <returns>Whether both tables were read to the end.</returns>
    public static bool TryRead(IReadOnlySet<int> numbers, Deadline deadline, List<SocketEntry> sockets)
    {
        var complete = Read("/proc/net/tcp", numbers, deadline, sockets);
        return (!File.Exists("/proc/net/tcp6") || Read("/proc/net/tcp6", numbers, deadline, sockets)) && complete;
    }

    private static bool Read(string path, IReadOnlySet<int> numbers, Deadline deadline, List<SocketEntry> sockets)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var buffer = new byte[64 * 1024];
        var filled = 0;
        while (!deadline.HasPassed)
        {
            var read = file.Read(buffer.AsSpan(filled));
            if (read == 0)
            {
                return true;
            }

            filled += read;
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, filled);
            while (rest.IndexOf((byte)'\n') is >= 0 and var end)
            {
                ReadLine(rest[..end], numbers, sockets);
                rest = rest[(end + 1)..];
            }

            // What is left is the beginning of a line.
            filled = rest.Length;
            rest.CopyTo(buffer);
        }

        return false;
    }

    // "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ...", addresses and state in hex.
    private static void ReadLine(ReadOnlySpan<byte> line, IReadOnlySet<int> numbers, List<SocketEntry> sockets)
    {
        NextField(ref line);
        var local = NextField(ref line);
        if (!TryReadNumber(local, out var number) || !numbers.Contains(number))
        {
            return;
        }

        var remote = NextField(ref line);
        if (Utf8Parser.TryParse(NextField(ref line), out int state, out _, 'x') && state != RequestInProgress
            && TryReadEndPoint(local, out var localEnd) && TryReadEndPoint(remote, out var remoteEnd))
        {
            Skip(ref line, 3);
            Utf8Parser.TryParse(NextField(ref line), out uint user, out _);
            Skip(ref line, 1);
            Utf8Parser.TryParse(NextField(ref line), out long inode, out _);
            sockets.Add(new SocketEntry(localEnd, remoteEnd, state, user, inode));
        }
    }

    private static ReadOnlySpan<byte> NextField(ref ReadOnlySpan<byte> line)
    {
        line = line.TrimStart((byte)' ');
        var end = line.IndexOf((byte)' ');
        var field = end < 0 ? line : line[..end];
        line = line[field.Length..];
        return field;
    }

    private static void Skip(ref ReadOnlySpan<byte> line, int fields)
    {
        for (var i = 0; i < fields; i++)
        {
            NextField(ref line);
        }
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> end, out int number)
    {
        number = 0;
        return end.LastIndexOf((byte)':') is >= 0 and var colon && Utf8Parser.TryParse(end[(colon + 1)..], out number, out _, 'x');
    }

    // Each 32 bits of an address are printed as a number of this machine's byte order.
    private static bool TryReadEndPoint(ReadOnlySpan<byte> text, [NotNullWhen(true)] out IPEndPoint? end)
    {
        end = null;
        Span<byte> bytes = stackalloc byte[16];
        var length = text.IndexOf((byte)':') / 2;
        if (length is not (4 or 16) || !TryReadNumber(text, out var number))
        {
            return false;
        }

        for (var i = 0; i < length; i += sizeof(uint))
        {
            if (!Utf8Parser.TryParse(text.Slice(i * 2, 8), out uint word, out _, 'x') || !BitConverter.TryWriteBytes(bytes[i..], word))
            {
                return false;
            }
        }

        var address = new IPAddress(bytes[..length]);
        end = new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, number);
        return true;
    }
}
