using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PortGen.Benchmarks.Runtime;

/// <summary>What binding costs at least: the system calls alone, in a loop, on both loopback addresses. For Linux.</summary>
internal static unsafe partial class BareSockets
{
    private static readonly byte[] s_version4 = [.. new IPEndPoint(IPAddress.Loopback, 0).Serialize().Buffer.ToArray()];
    private static readonly byte[] s_version6 = [.. new IPEndPoint(IPAddress.IPv6Loopback, 0).Serialize().Buffer.ToArray()];

    /// <summary>Listens on a number on 127.0.0.1 and ::1.</summary>
    public static (int Version4, int Version6) Listen(int port) => (Listen(Open(2), s_version4, port), Listen(Open(10), s_version6, port));

    /// <summary>Tries one number after another on one pair of sockets until both listen.</summary>
    public static (int Version4, int Version6) ListenOnFirstFree(int port)
    {
        var version4 = Open(2);
        for (; Bind(version4, s_version4, port) != 0; port++)
        {
        }

        _ = listen(version4, 4096);
        return (version4, Listen(Open(10), s_version6, port));
    }

    public static void Close((int Version4, int Version6) descriptors)
    {
        _ = close(descriptors.Version4);
        _ = close(descriptors.Version6);
    }

    private static int Open(int family)
    {
        var descriptor = socket(family, 1 | 0x80000, 0);
        var on = 1;
        _ = setsockopt(descriptor, 1, 2, &on, sizeof(int));
        if (family == 10)
        {
            _ = setsockopt(descriptor, 41, 26, &on, sizeof(int));
        }

        return descriptor;
    }

    private static int Listen(int descriptor, byte[] address, int port) =>
        Bind(descriptor, address, port) == 0 && listen(descriptor, 4096) == 0
            ? descriptor
            : throw new SocketException((int)SocketError.AddressAlreadyInUse, $"port {port}");

    private static int Bind(int descriptor, byte[] address, int port)
    {
        (address[2], address[3]) = ((byte)(port >> 8), (byte)port);
        fixed (byte* bytes = address)
        {
            return bind(descriptor, bytes, (uint)address.Length);
        }
    }

    [LibraryImport("libc")]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc")]
    private static partial int setsockopt(int descriptor, int level, int option, int* value, uint size);

    [LibraryImport("libc")]
    private static partial int bind(int descriptor, byte* address, uint size);

    [LibraryImport("libc")]
    private static partial int listen(int descriptor, int backlog);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
