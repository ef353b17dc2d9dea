using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace PortGen.Tasks;

/// <summary>Reads the port attributes from the metadata of assemblies. No assembly is ever loaded.</summary>
internal static class ManifestReader
{
    private const string PortService = "PortGen.PortServiceAttribute";
    private const string AdditionalPort = "PortGen.AdditionalPortAttribute";

    /// <summary>The ports that an assembly's classes declare.</summary>
    public static IReadOnlyList<DeclaredPort> ReadDeclared(string assemblyPath)
    {
        using var image = Open(assemblyPath);
        var metadata = image.GetMetadataReader();
        var ports = new List<DeclaredPort>();
        foreach (var handle in metadata.TypeDefinitions)
        {
            Read(metadata, metadata.GetTypeDefinition(handle), ports);
        }

        return ports;
    }

    /// <summary>An application's changes to the ports that its references export.</summary>
    public static IReadOnlyList<ReferencedPortChange> ReadChanges(string assemblyPath)
    {
        using var image = Open(assemblyPath);
        var metadata = image.GetMetadataReader();
        var changes = new List<ReferencedPortChange>();
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (TypeNames.OfAttribute(metadata, attribute) == ReferencedPortChange.AttributeName
                && ReferencedPortChange.From(new MetadataArguments(attribute.DecodeValue(TypeNames.Instance))) is { } change)
            {
                changes.Add(change);
            }
        }

        return changes;
    }

    /// <summary>The ports that a referenced assembly exports. A file that is not an assembly has none: the compiler reports a reference it can't read.</summary>
    public static IReadOnlyList<DeclaredPort> ReadExported(string assemblyPath)
    {
        try
        {
            using var image = Open(assemblyPath);
            return image.HasMetadata ? ExportedPorts.Read(image.GetMetadataReader()) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return [];
        }
    }

    private static PEReader Open(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    // Loops, not LINQ over structs: each build process would have to JIT-compile those queries first, which takes longer than reading.
    private static void Read(MetadataReader metadata, TypeDefinition type, List<DeclaredPort> ports)
    {
        MetadataArguments? own = null;
        List<MetadataArguments>? additional = null;
        foreach (var handle in type.GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            switch (TypeNames.OfAttribute(metadata, attribute))
            {
                case PortService:
                    own = new(attribute.DecodeValue(TypeNames.Instance));
                    break;
                case AdditionalPort:
                    (additional ??= []).Add(new(attribute.DecodeValue(TypeNames.Instance)));
                    break;
            }
        }

        if (own is not { Count: > 0 } arguments || arguments.Text(0) is not { } service)
        {
            return;
        }

        var typeName = TypeNames.ToCSharp(TypeNames.FullName(metadata, type));
        ports.Add(DeclaredPort.From(service, service, typeName, arguments));
        foreach (var further in additional ?? [])
        {
            if (further.Count > 0 && further.Text(0) is { } name)
            {
                ports.Add(DeclaredPort.From(name, service, typeName, further));
            }
        }
    }
}
