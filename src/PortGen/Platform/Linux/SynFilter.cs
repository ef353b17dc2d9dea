using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PortGen.Platform.Linux;

/// <summary>Keeps new connections out of a listening socket, so that its queue can be emptied before it is closed: the system resets what is in there.</summary>
internal static unsafe class SynFilter
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;

    private const ushort LoadByte = 0x30;
    private const ushort JumpIfAnySet = 0x45;
    private const ushort Return = 0x06;
    private const uint TcpFlags = 13;
    private const uint Syn = 0x02;

    /// <summary>
    /// From now on the socket ignores whoever knocks: they knock again a second later and are refused, since it is closed by then. Handshakes that
    /// are under way go on.
    /// </summary>
    /// <returns>Whether it does. Only Linux can; elsewhere, and where a sandbox forbids it, who comes in the last moment is reset.</returns>
    public static bool TurnAway(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        // Of each packet for the listening socket: none of it where it opens a connection, else all.
        var instructions = stackalloc Instruction[]
        {
            new() { Code = LoadByte, Value = TcpFlags },
            new() { Code = JumpIfAnySet, JumpIfFalse = 1, Value = Syn },
            new() { Code = Return, Value = 0 },
            new() { Code = Return, Value = uint.MaxValue },
        };
        var program = new FilterProgram { Length = 4, Instructions = instructions };
        try
        {
            socket.SetRawSocketOption(SocketLevel, AttachFilter, new ReadOnlySpan<byte>(&program, sizeof(FilterProgram)));
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

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
