using System.Net;
using System.Net.Sockets;
using PortGen.Configuration;

namespace PortGen.Binding;

/// <summary>Which sockets that systemd has opened belong to which port of the plan.</summary>
internal static class ActivatedPorts
{
    /// <summary>Matches them: by name, whatever the number, since the unit says it; a socket without such a name by its address and number.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="sockets">The sockets with their names.</param>
    /// <returns>What belongs to each port, and the sockets that belong to none.</returns>
    public static (IReadOnlyList<(PlannedPort Port, HandedPort Sockets)> Matches, IReadOnlyList<(string Name, Socket Socket)> Others) Match(
        PortPlan plan, IReadOnlyList<(string Name, Socket Socket)> sockets)
    {
        var rest = sockets.ToList();
        var matches = new List<(PlannedPort, HandedPort)>();
        var names = plan.Ports.Select(static p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var port in plan.Ports.Where(static p => p.IsHeld))
        {
            var group = rest.Where(s => s.Name == port.Name || (!names.Contains(s.Name) && IsWanted(port, EndPointOf(s.Socket))))
                .GroupBy(static s => EndPointOf(s.Socket).Port)
                .OrderByDescending(g => g.Key == port.Port)
                .FirstOrDefault();
            if (group is not null)
            {
                var own = group.ToList();
                matches.Add((port, new HandedPort(port.Name, HostOf(port, own), group.Key, port.Port, [.. own.Select(static s => s.Socket)])));
                rest.RemoveAll(own.Contains);
            }
        }

        return (matches, rest);
    }

    private static bool IsWanted(PlannedPort port, IPEndPoint address) =>
        (port.Port == address.Port || port.Range?.Contains(address.Port) == true) && HostAddresses.Of(port.Host).Contains(address.Address);

    // The unit may have it listen elsewhere than the configuration would.
    private static string HostOf(PlannedPort port, List<(string Name, Socket Socket)> sockets)
    {
        var addresses = sockets.Select(static s => EndPointOf(s.Socket).Address).ToList();
        return addresses.TrueForAll(HostAddresses.Of(port.Host).Contains) ? port.Host
            : addresses.Exists(static a => a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any)) ? PortSettingValue.AllInterfaces
            : addresses.TrueForAll(HostAddresses.Of(PortSettingValue.Localhost).Contains) ? PortSettingValue.Localhost
            : addresses[0].ToString();
    }

    private static IPEndPoint EndPointOf(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;
}
