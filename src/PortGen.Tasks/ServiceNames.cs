namespace PortGen.Tasks;

/// <summary>The names of the services of an application, by their classes.</summary>
internal sealed class ServiceNames
{
    private readonly Dictionary<string, string> _byType = new(StringComparer.Ordinal);

    public ServiceNames(IEnumerable<DeclaredPort> ports)
    {
        // If services share a class in a partial build, the first wins.
        foreach (var port in ports.Where(p => p.IsServicePort && !_byType.ContainsKey(p.TypeId)))
        {
            _byType.Add(port.TypeId, port.Name);
        }
    }

    /// <summary>A class as people write it: no <c>global::</c>, no <c>@</c> before keywords.</summary>
    public static string ClassOf(DeclaredPort port) => TypeId.ToDisplayName(port.Type).Replace("@", "");

    /// <summary>The services that must run before the port's own. Non-services are left out: the compiler reports them.</summary>
    public IReadOnlyList<string> NeededBy(DeclaredPort port) => [.. port.DependsOn.Where(_byType.ContainsKey).Select(t => _byType[t]).Distinct(StringComparer.Ordinal)];
}
