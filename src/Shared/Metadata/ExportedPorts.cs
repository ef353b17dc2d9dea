using System.Reflection.Metadata;

namespace PortGen;

/// <summary>The ports that a referenced assembly brings along, as its <c>[assembly: ExportedPort]</c> attributes say.</summary>
internal static class ExportedPorts
{
    /// <summary>The attribute's full name.</summary>
    public const string AttributeName = "PortGen.ExportedPortAttribute";

    /// <summary>How many constructor arguments the attribute has, all of them strings.</summary>
    public const int ArgumentCount = 4;

    private const string RuntimeAssembly = "PortGen";

    /// <summary>The port of an attribute's arguments, or <see langword="null"/> where they are not those of this version.</summary>
    public static DeclaredPort? From(IReadOnlyList<object?> arguments, Func<string, object?> named) =>
        arguments is [string name, string service, string type, string registration]
            ? DeclaredPort.From(name, service, type, named) with { Registration = registration }
            : null;

    /// <summary>The ports of an assembly's metadata. Nearly every assembly is none of ours, and that is seen at once.</summary>
    public static IReadOnlyList<DeclaredPort> Read(MetadataReader metadata)
    {
        if (!metadata.IsAssembly || !IsOurs(metadata))
        {
            return [];
        }

        var ports = new List<DeclaredPort>();
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (TypeNames.OfAttribute(metadata, attribute) == AttributeName)
            {
                var value = attribute.DecodeValue(TypeNames.Instance);
                var port = From(AttributeValues.Fixed(value), name => AttributeValues.Named(value, name));
                ports.AddRange(port is null ? [] : [port]);
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
