using System.Runtime.InteropServices;

namespace PortGen.Tests.Support;

/// <summary>A system call that the kernel is told to refuse.</summary>
internal enum RefusedCall
{
    Socket,
    Bind,
    ReadLink,
}

/// <summary>Lets the kernel refuse a system call to one thread, as a sandbox or a machine that has run out of something does (seccomp(2)).</summary>
internal static unsafe partial class RefusedCalls
{
    private const int NoNewPrivileges = 38;
    private const int SetSeccomp = 22;
    private const int FilterMode = 2;
    private const uint Allow = 0x7fff0000;
    private const uint Fail = 0x00050000;
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    /// <summary>Runs the action on a thread whose calls are refused with an errno, as are those of the threads that it starts. Skips the test where filters are not permitted.</summary>
    public static void Run(RefusedCall call, int error, Action action)
    {
        var isPermitted = true;
        OwnThread.Run(() =>
        {
            if (isPermitted = Refuse(NumberOf(call), error))
            {
                action();
            }
        });
        Assert.SkipUnless(isPermitted, "this user may not filter system calls");
    }

    private static uint NumberOf(RefusedCall call) => (RuntimeInformation.ProcessArchitecture, call) switch
    {
        (Architecture.X64, RefusedCall.Socket) => 41,
        (Architecture.X64, RefusedCall.Bind) => 49,
        (Architecture.X64, RefusedCall.ReadLink) => 89,
        (Architecture.Arm64, RefusedCall.Socket) => 198,
        (Architecture.Arm64, RefusedCall.Bind) => 200,
        (Architecture.Arm64, RefusedCall.ReadLink) => 78,
        _ => uint.MaxValue,
    };

    private static bool Refuse(uint number, int error)
    {
        // struct seccomp_data begins with the number of the call.
        var instructions = stackalloc Instruction[]
        {
            new() { Code = LoadWord, Value = 0 },
            new() { Code = JumpIfEqual, JumpIfFalse = 1, Value = number },
            new() { Code = Return, Value = Fail | (uint)error },
            new() { Code = Return, Value = Allow },
        };
        var program = new FilterProgram { Length = 4, Instructions = instructions };
        return number != uint.MaxValue && Control(NoNewPrivileges, 1, 0, 0, 0) == 0 && Control(SetSeccomp, FilterMode, (nint)(&program), 0, 0) == 0;
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nint argument2, nint argument3, nint argument4, nint argument5);

    // struct sock_filter and struct sock_fprog of linux/filter.h.
    [StructLayout(LayoutKind.Sequential)]
    private struct Instruction
    {
        public ushort Code;
        public byte JumpIfTrue;
        public byte JumpIfFalse;
        public uint Value;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
