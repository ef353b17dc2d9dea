using System.Net;
using System.Net.Sockets;

namespace PortGen.Binding;

/// <summary>What a host means: the addresses that one lease listens on.</summary>
internal static class HostAddresses
{
    private static readonly IPAddress[] s_localhost = [IPAddress.Loopback, IPAddress.IPv6Loopback];
    private static readonly IPAddress[] s_allInterfaces = [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];

    /// <summary>The addresses of a host.</summary>
    /// <param name="host"><c>localhost</c>, <c>*</c> or an IP address.</param>
    public static IReadOnlyList<IPAddress> Of(string host) => host switch
    {
        PortSettingValue.Localhost => s_localhost,
        PortSettingValue.AllInterfaces => s_allInterfaces,
        _ => [IPAddress.Parse(host)],
    };
}
