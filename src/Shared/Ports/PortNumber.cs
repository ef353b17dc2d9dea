namespace PortGen;

/// <summary>The bounds of port numbers.</summary>
internal static class PortNumber
{
    /// <summary>The lowest port PortGen selects: those below are for privileged programs (RFC 6335, section 6: system ports 0-1023).</summary>
    public const int Min = 1024;

    /// <summary>The highest TCP port (RFC 9293: 16 bits).</summary>
    public const int Max = 65535;

    /// <summary>Whether PortGen may select the port.</summary>
    public static bool IsSelectable(int port) => port is >= Min and <= Max;
}
