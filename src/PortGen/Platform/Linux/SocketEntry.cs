using System.Net;

namespace PortGen.Platform.Linux;

/// <summary>A TCP socket as the system's tables show it.</summary>
/// <param name="Local">Its own end; an IPv4 address for an IPv4-mapped one.</param>
/// <param name="Remote">The other end of a connection.</param>
/// <param name="State">The state as in the kernel's tcp_states.h.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Inode">The number that its descriptors show; 0 once no process has it.</param>
internal sealed record SocketEntry(IPEndPoint Local, IPEndPoint Remote, int State, uint UserId, long Inode)
{
    private const int Listen = 10;

    /// <summary>In what way it holds its port.</summary>
    public PortHold Hold => State == Listen ? PortHold.Listener : Inode == 0 ? PortHold.ClosedConnection : PortHold.Connection;

    /// <summary>How likely it is what keeps a listener off an address: smaller is likelier, and <see langword="null"/> is out of the question.</summary>
    public int? Suspicion(IPAddress wanted) => !Blocks(wanted) ? null
        : Local.AddressFamily == wanted.AddressFamily || wanted.Equals(IPAddress.IPv6Any) ? (int)Hold * 2
        : ((int)Hold * 2) + 1;

    // The tables don't tell whether a socket on [::] takes IPv4 too; most do.
    private bool Blocks(IPAddress wanted) => wanted.Equals(IPAddress.IPv6Any)
        || Local.Address.Equals(IPAddress.IPv6Any)
        || (Local.AddressFamily == wanted.AddressFamily
            && (Local.Address.Equals(IPAddress.Any) || wanted.Equals(IPAddress.Any)
                || Local.Address.GetAddressBytes().AsSpan().SequenceEqual(wanted.GetAddressBytes())));
}
