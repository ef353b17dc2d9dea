namespace PortGen.Configuration;

/// <summary>
/// The variables that Kubernetes sets in every pod for each Service of the namespace, and Docker for linked containers: for a Service <c>auth</c>
/// <c>AUTH_SERVICE_HOST</c>, <c>AUTH_SERVICE_PORT</c> and <c>AUTH_PORT=tcp://10.0.0.7:9000</c>. They tell where others listen.
/// </summary>
internal static class ServiceLink
{
    private const string ServicePort = "_SERVICE_PORT";

    private static readonly string[] s_schemes = ["tcp://", "udp://", "sctp://"];

    /// <summary>Whether the value of a variable is a link.</summary>
    public static bool IsLink(string text) => Array.Exists(s_schemes, scheme => text.AsSpan().TrimStart().StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>The variable that shows this one to be the port of another Service; <see langword="null"/> if there is none.</summary>
    public static string? CompanionOf(string variable, ConfigurationLevel level)
    {
        // {SERVICE}_SERVICE_PORT, and {SERVICE}_SERVICE_PORT_{NAME} for a port that has a name.
        for (var at = variable.IndexOf(ServicePort, StringComparison.Ordinal); at > 0; at = variable.IndexOf(ServicePort, at + 1, StringComparison.Ordinal))
        {
            var (service, rest) = (variable[..at], variable[(at + ServicePort.Length)..]);
            if (rest.Length > 0 && rest[0] != '_')
            {
                continue;
            }

            if (level.TryGetVariable(service + "_SERVICE_HOST", out _))
            {
                return service + "_SERVICE_HOST";
            }

            if (level.HasLink(service + "_PORT"))
            {
                return service + "_PORT";
            }
        }

        // {SERVICE}_PORT_9000_TCP_PORT beside {SERVICE}_PORT_9000_TCP, which is a link.
        const string Port = "_PORT";
        var link = variable.EndsWith(Port, StringComparison.Ordinal) ? variable[..^Port.Length] : "";
        return link.Contains(Port + "_", StringComparison.Ordinal) && level.HasLink(link) ? link : null;
    }
}
