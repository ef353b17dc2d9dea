using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PortGen.Platform.Linux;

/// <summary>The system calls of Linux about processes and files that .NET doesn't offer. Failures come back as errno, never as exceptions.</summary>
internal static unsafe partial class LinuxCalls
{
    private const int ReadAndWrite = 2;
    private const int Create = 0x40;
    private const int OwnOnly = 0x180;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatistics = 0x7ff;
    private const int Interrupted = 4;
    private const short Readable = 1;

    // The same on every architecture of Linux that .NET runs on.
    private const nint PidfdSendSignal = 424;
    private const nint PidfdOpen = 434;

    // These two are not.
    private static readonly bool s_isArmOrPower = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;
    private static readonly int s_directory = s_isArmOrPower ? 0x4000 : 0x10000;
    private static readonly int s_noFollow = s_isArmOrPower ? 0x8000 : 0x20000;

    /// <summary>Opens a directory for reading; a symbolic link in its place is an error.</summary>
    public static SafeFileHandle? OpenDirectory(string path, out int error) => Open(path, s_directory, out error);

    /// <summary>Opens a file for reading; a symbolic link in its place is an error, and a pipe doesn't wait for its writer.</summary>
    public static SafeFileHandle? OpenFile(string path, out int error) => Open(path, NonBlocking, out error);

    /// <summary>Opens a file for reading and writing; as above.</summary>
    public static SafeFileHandle? OpenFileToWrite(string path, out int error) => Open(path, ReadAndWrite | NonBlocking, out error);

    /// <summary>Opens a file for reading and writing, and makes it for this user alone if need be; as above.</summary>
    public static SafeFileHandle? OpenOrCreateFile(string path, out int error) => Open(path, ReadAndWrite | Create | NonBlocking, out error);

    /// <summary>Owner, mode and size of what is open.</summary>
    public static FileFacts? Describe(SafeFileHandle handle) => Describe((int)handle.DangerousGetHandle(), "", EmptyPath);

    /// <summary>Owner, mode and size of what is at the path, of a symbolic link those of the link.</summary>
    public static FileFacts? Describe(string path) => Describe(CurrentDirectory, path, DoNotFollow);

    /// <summary>A descriptor that stays with its process when the id is used again (pidfd_open(2)).</summary>
    public static SafeFileHandle? OpenProcess(int processId, out int error)
    {
        var descriptor = SystemCall(PidfdOpen, processId, 0, 0, 0);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Signals the process of a descriptor; 0 or errno.</summary>
    public static int Signal(SafeFileHandle process, int signal) =>
        SystemCall(PidfdSendSignal, process.DangerousGetHandle(), signal, 0, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Something to wake <see cref="WaitReadable"/> with: readable once 8 bytes are written to it (eventfd(2)).</summary>
    public static SafeFileHandle? CreateEvent()
    {
        var descriptor = EventDescriptor(0, CloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Blocks until one of the two is readable or the time is up, and says whether the first is.</summary>
    public static bool WaitReadable(SafeFileHandle awaited, SafeFileHandle alarm, TimeSpan limit)
    {
        var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        var polled = stackalloc PollEntry[2];
        while (true)
        {
            polled[0] = new PollEntry((int)awaited.DangerousGetHandle(), Readable, 0);
            polled[1] = new PollEntry((int)alarm.DangerousGetHandle(), Readable, 0);
            var count = Poll(polled, 2, (int)Math.Max(0, end - Environment.TickCount64));
            if (count >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
            {
                return count > 0 && (polled[0].Returned & Readable) != 0;
            }
        }
    }

    private static SafeFileHandle? Open(string path, int flags, out int error)
    {
        fixed (byte* text = ToNative(path))
        {
            var descriptor = Open(text, CloseOnExec | s_noFollow | flags, OwnOnly);
            error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    private static FileFacts? Describe(int directory, string path, int flags)
    {
        Statistics statistics;
        fixed (byte* text = ToNative(path))
        {
            return Statx(directory, text, flags, BasicStatistics, &statistics) < 0
                ? null
                : new FileFacts(statistics.User, statistics.Mode, statistics.Size, statistics.Inode);
        }
    }

    private static byte[] ToNative(string text) => Encoding.UTF8.GetBytes(text + '\0');

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte* path, int flags, int mode);

    // Unlike stat(2), its structure is the same on every architecture.
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int Statx(int directory, byte* path, int flags, uint mask, Statistics* statistics);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventDescriptor(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statistics
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;
    }

    private record struct PollEntry(int Descriptor, short Events, short Returned);
}

/// <summary>What the system says about a file.</summary>
/// <param name="Owner">The user it belongs to.</param>
/// <param name="Mode">Its type and permissions.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Inode">Its number in the file system: another file under the same name has another.</param>
internal readonly record struct FileFacts(uint Owner, ushort Mode, ulong Size, ulong Inode)
{
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int OthersMask = 0x3F;

    public bool IsRegularFile => (Mode & TypeMask) == RegularType;

    /// <summary>Whether group or others may do anything with it.</summary>
    public bool IsOpenToOthers => (Mode & OthersMask) != 0;
}
