using System.Globalization;

namespace PortGen.Platform;

/// <summary>Why the system permits a port to some only.</summary>
internal static class PortPermission
{
    private const int UsualFirstUnprivileged = 1024;

    /// <summary>The reason why a port was refused with "permission denied". The one for Windows is from its documentation and untested.</summary>
    public static string Explain(int number)
    {
        if (OperatingSystem.IsWindows())
        {
            return "no permission: another program has reserved it, or the system excludes it (netsh interface ipv4 show excludedportrange protocol=tcp)";
        }

        var first = FirstUnprivileged();
        return number >= first ? "no permission: a security policy of this system forbids it"
            : string.Create(CultureInfo.InvariantCulture, $"no permission: ports below {first} are for privileged processes")
                + (OperatingSystem.IsLinux() ? " (net.ipv4.ip_unprivileged_port_start, CAP_NET_BIND_SERVICE)" : "");
    }

    private static int FirstUnprivileged()
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start"), CultureInfo.InvariantCulture)
                : UsualFirstUnprivileged;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return UsualFirstUnprivileged;
        }
    }
}
