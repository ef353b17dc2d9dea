using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PortGen.Platform.Unix;

/// <summary>
/// Moves the descriptor of a socket that another process holds too to a number that no such socket has had here. The runtime watches sockets by epoll(7), which forgets a
/// closed one only once every process has closed it; until then the same number can't be watched again, and an accept would fail with EEXIST.
/// </summary>
internal static partial class FreshDescriptor
{
    private const int First = 200;

    // F_DUPFD_CLOEXEC.
    private static readonly int s_duplicate = OperatingSystem.IsMacOS() ? 67 : 1030;

    private static readonly Lock s_lock = new();
    private static int s_next = First;

    /// <summary>Takes the descriptor over, by another number; by its own where this process may have no higher one.</summary>
    public static SafeSocketHandle Of(SafeFileHandle handle)
    {
        lock (s_lock)
        {
            // The lowest free number from the argument on.
            var descriptor = fcntl((int)handle.DangerousGetHandle(), s_duplicate, s_next);
            if (descriptor < 0)
            {
                var same = new SafeSocketHandle(handle.DangerousGetHandle(), ownsHandle: true);
                handle.SetHandleAsInvalid();
                return same;
            }

            s_next = descriptor + 1;
            handle.Dispose();
            return new SafeSocketHandle(descriptor, ownsHandle: true);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);
}
