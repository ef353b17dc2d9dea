using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PortGen.Platform.Unix;

/// <summary>The system calls that are the same on Linux and macOS. Failures come back as errno, never as exceptions.</summary>
internal static partial class UnixCalls
{
    /// <summary>The error of a process id that nobody has.</summary>
    public const int NoSuchProcess = 3;

    /// <summary>The signal that asks a process to stop.</summary>
    public const int Terminate = 15;

    /// <summary>The signal that ends a process.</summary>
    public const int Kill = 9;

    /// <summary>The longest path that the system writes, in bytes with the 0 at its end.</summary>
    public const int LongestPath = 4096;

    private const int Exclusive = 2;
    private const int Shared = 1;
    private const int WithoutWaiting = 4;

    /// <summary>The user that this process acts as.</summary>
    public static uint User => GetEffectiveUser();

    /// <summary>Signals the process of an id; 0 or errno. Signal 0 only asks. To the system, an id below 1 means many processes; here it is nobody's.</summary>
    public static int Signal(int processId, int signal) =>
        processId < 1 ? NoSuchProcess : SendSignal(processId, signal) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Takes the lock of an open file (flock(2)), for as long as that stays open. It doesn't wait.</summary>
    /// <returns>0 or errno.</returns>
    public static int Lock(SafeFileHandle file, bool exclusive) =>
        LockFile((int)file.DangerousGetHandle(), (exclusive ? Exclusive : Shared) | WithoutWaiting) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Writes the path without links to a buffer of <see cref="LongestPath"/> (realpath(3)); 0 on failure.</summary>
    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial nint Resolve(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int LockFile(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
