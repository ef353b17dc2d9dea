namespace PortGen;

/// <summary>PG0016 and PG0017: where a port listens, and its health check path.</summary>
internal static class AddressRules
{
    public static void Check(IReadOnlyList<PortSpec> ports, List<PortProblem> problems)
    {
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i];
            if (port.Host is not null && !PortSettingValue.IsHost(port.Host))
            {
                problems.Add(new(PortRule.InvalidHost, i, PortPart.Host, [port.Host, port.Name]) { Cures = Cure(PortPart.Host, Host(port.Host), PortSettingValue.IsHost) });
            }

            if (port.HealthPath is not null && !PortSettingValue.IsHealthPath(port.HealthPath))
            {
                problems.Add(new(PortRule.InvalidHealthPath, i, PortPart.HealthPath, [port.HealthPath, port.Name])
                {
                    Cures = Cure(PortPart.HealthPath, "/" + port.HealthPath.Trim().TrimStart('/'), PortSettingValue.IsHealthPath),
                });
            }
        }
    }

    private static IReadOnlyList<PortCure> Cure(PortPart part, string text, Func<string, bool> isValid) => isValid(text) ? [new(part, text)] : [];

    // Drops blanks, capitals and a port, which has its own property: "Localhost", "127.0.0.1:80".
    private static string Host(string text)
    {
        var host = text.Trim().ToLowerInvariant();
        var colon = host.IndexOf(':');
        return colon > 0 && colon == host.LastIndexOf(':') ? host.Substring(0, colon) : host;
    }
}
