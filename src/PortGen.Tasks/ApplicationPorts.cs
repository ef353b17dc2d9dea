namespace PortGen.Tasks;

/// <summary>The ports of an application, its own and those of the libraries it references, by name.</summary>
internal static class ApplicationPorts
{
    /// <summary>Reads the ports. An assembly that declares nothing is not an application, whatever it references, unless its project says so.</summary>
    public static IReadOnlyList<DeclaredPort> Read(string assembly, IEnumerable<string> references, bool isApplication)
    {
        var declared = ManifestReader.ReadDeclared(assembly);
        var exported = declared.Count > 0 || isApplication
            ? ReferencedPortChange.Apply([.. references.SelectMany(ManifestReader.ReadExported)], ManifestReader.ReadChanges(assembly))
            : [];

        // References come first: of two ports that collide, the later one is at fault, and a project can only change its own.
        // Service by service, as at run time, so that both list a problem's ports in the same order.
        return [.. exported.OrderBy(static p => p.Service, StringComparer.Ordinal), .. declared.OrderBy(static p => p.Service, StringComparer.Ordinal)];
    }
}
