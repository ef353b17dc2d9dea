using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PortGen.Tests.Support;

/// <summary>A network namespace of its own for one thread: ports and settings of the kernel there are nobody else's.</summary>
internal static partial class OwnNetwork
{
    private const int NewNetwork = 0x40000000;

    /// <summary>Runs the action on a thread in a new network whose loopback interface is up. Skips the test where that is not permitted.</summary>
    public static void Run(Action action)
    {
        var isPermitted = true;
        OwnThread.Run(() =>
        {
            if (isPermitted = Unshare(NewNetwork) == 0)
            {
                RaiseLoopback();
                action();
            }
        });
        Assert.SkipUnless(isPermitted, "this user may not make network namespaces");
    }

    /// <summary>Sets a setting of the network, such as <c>ipv4/ip_local_port_range</c>.</summary>
    public static void Set(string setting, string value) => File.WriteAllText("/proc/sys/net/" + setting, value);

    /// <summary>Takes every right that root has from the calling thread, which should be an <see cref="OwnThread"/> (capset(2)).</summary>
    public static void DropRights()
    {
        const uint Version3 = 0x20080522;
        Assert.Equal(0, SetCapabilities([Version3, 0], new uint[6]));
    }

    // ioctl(2) on struct ifreq: 16 bytes of name, then the flags.
    private static void RaiseLoopback()
    {
        const int InternetFamily = 2;
        const int DatagramType = 2;
        const nuint SetInterfaceFlags = 0x8914;
        const byte Up = 1;
        var request = new byte[40];
        "lo"u8.CopyTo(request);
        request[16] = Up;
        var descriptor = Socket(InternetFamily, DatagramType, 0);
        var result = Control(descriptor, SetInterfaceFlags, request);
        _ = Close(descriptor);
        if (result != 0)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int what);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities(uint[] header, uint[] sets);

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, byte[] argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
