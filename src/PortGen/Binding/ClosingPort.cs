using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PortGen.Binding;

/// <summary>Keeps new connections out of a listening socket, so that its queue can be emptied before it is closed: the system resets what is in there.</summary>
internal static unsafe class ClosingPort
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;

    // One instruction, "return 0": keep nothing of any packet, which drops it. Connections that were made before have no part in it.
    private const ushort Return = 0x06;

    /// <summary>From now on the socket ignores whoever knocks. They are refused once it is closed. Only Linux can do this; elsewhere nothing changes.</summary>
    public static void TurnAway(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var instruction = new Instruction { Code = Return };
        var program = new FilterProgram { Length = 1, Instructions = &instruction };
        try
        {
            socket.SetRawSocketOption(SocketLevel, AttachFilter, new ReadOnlySpan<byte>(&program, sizeof(FilterProgram)));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A sandbox may forbid it. Then who comes in the last moment is reset, as on other systems.
        }
    }

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
