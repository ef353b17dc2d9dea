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

    /// <summary>The ports that a referenced assembly exports. What is no assembly has none: the compiler reports a reference it can't read.</summary>
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

    // Loops, not queries over structs: the compiler of each build's process would have to compile those first, which takes longer than to read.
    private static void Read(MetadataReader metadata, TypeDefinition type, List<DeclaredPort> ports)
    {
        CustomAttributeValue<string>? own = null;
        List<CustomAttributeValue<string>>? additional = null;
        foreach (var handle in type.GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            switch (TypeNames.OfAttribute(metadata, attribute))
            {
                case PortService:
                    own = attribute.DecodeValue(TypeNames.Instance);
                    break;
                case AdditionalPort:
                    (additional ??= []).Add(attribute.DecodeValue(TypeNames.Instance));
                    break;
            }
        }

        if (own is null || Name(own.Value) is not { } service)
        {
            return;
        }

        var typeName = ToCSharp(TypeNames.FullName(metadata, type));
        ports.Add(DeclaredPort.From(service, service, typeName, n => Named(own.Value, n)));
        foreach (var attribute in additional ?? [])
        {
            if (Name(attribute) is { } name)
            {
                ports.Add(DeclaredPort.From(name, service, typeName, n => Named(attribute, n)));
            }
        }
    }

    private static string? Name(CustomAttributeValue<string> attribute) =>
        attribute.FixedArguments.Length > 0 ? attribute.FixedArguments[0].Value as string : null;

    private static object? Named(CustomAttributeValue<string> attribute, string name) => AttributeValues.Named(attribute, name) is var value && value is string[] types
        ? types.Select(static t => ToCSharp(TypeNames.WithoutAssembly(t))).ToArray()
        : value;

    // As generated code spells it, which is how an exported port does.
    private static string ToCSharp(string name) => "global::" + name.Replace('+', '.');
}
