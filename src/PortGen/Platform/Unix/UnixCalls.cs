using System.Runtime.InteropServices;

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

    /// <summary>The user that this process acts as.</summary>
    public static uint User => GetEffectiveUser();

    /// <summary>Signals the process of an id; 0 or errno. Signal 0 only asks. To the system, an id below 1 means many processes; here it is nobody's.</summary>
    public static int Signal(int processId, int signal) =>
        processId < 1 ? NoSuchProcess : SendSignal(processId, signal) < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
