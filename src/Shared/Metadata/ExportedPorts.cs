using System.Reflection.Metadata;

namespace PortGen;

/// <summary>The ports that a referenced assembly exports with <c>[assembly: ExportedPort]</c> attributes.</summary>
internal static class ExportedPorts
{
    /// <summary>The attribute's full name.</summary>
    public const string AttributeName = "PortGen.ExportedPortAttribute";

    private const string RuntimeAssembly = "PortGen";

    /// <summary>The ports in an assembly's metadata. Few assemblies use PortGen; the others are recognized at once.</summary>
    public static IReadOnlyList<DeclaredPort> Read(MetadataReader metadata)
    {
        if (!metadata.IsAssembly || !IsOurs(metadata))
        {
            return [];
        }

        var ports = new List<DeclaredPort>();
        var assembly = metadata.GetString(metadata.GetAssemblyDefinition().Name);
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (TypeNames.OfAttribute(metadata, attribute) == AttributeName)
            {
                var arguments = new MetadataArguments(attribute.DecodeValue(TypeNames.Instance));
                ports.AddRange(DeclaredPort.FromExport(assembly, arguments) is { } port ? [port] : []);
            }
        }

        return ports;
    }

    private static bool IsOurs(MetadataReader metadata)
    {
        foreach (var reference in metadata.AssemblyReferences)
        {
            if (metadata.StringComparer.Equals(metadata.GetAssemblyReference(reference).Name, RuntimeAssembly))
            {
                return true;
            }
        }

        return false;
    }
}
