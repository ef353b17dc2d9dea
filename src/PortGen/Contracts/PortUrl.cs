using System.Globalization;

namespace PortGen;

/// <summary>Addresses of ports for people and clients.</summary>
internal static class PortUrl
{
    /// <summary>The address, such as <c>http://localhost:8080</c>: for "all interfaces" one that works on this machine.</summary>
    public static string Of(string scheme, string host, int port)
    {
        var name = host switch
        {
            PortSettingValue.AllInterfaces or "0.0.0.0" or "::" => PortSettingValue.Localhost,
            _ when host.Contains(':', StringComparison.Ordinal) => $"[{host}]",
            _ => host,
        };
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{name}:{port}");
    }
}
