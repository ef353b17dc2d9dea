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
        return [.. metadata.TypeDefinitions.SelectMany(handle => Read(metadata, metadata.GetTypeDefinition(handle)))];
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

    private static IEnumerable<DeclaredPort> Read(MetadataReader metadata, TypeDefinition type)
    {
        var declared = type.GetCustomAttributes()
            .Select(metadata.GetCustomAttribute)
            .Select(a => (Attribute: a, Name: TypeNames.OfAttribute(metadata, a)))
            .Where(static a => a.Name is PortService or AdditionalPort)
            .Select(static a => (a.Name, Value: a.Attribute.DecodeValue(TypeNames.Instance)))
            .ToList();
        if (declared.FirstOrDefault(static a => a.Name == PortService) is not { Name: not null } own || Name(own.Value) is not { } service)
        {
            return [];
        }

        var typeName = ToCSharp(TypeNames.FullName(metadata, type));
        return declared
            .OrderBy(static a => a.Name == AdditionalPort)
            .Select(a => Name(a.Value) is { } name ? DeclaredPort.From(name, service, typeName, n => Named(a.Value, n)) : null)
            .OfType<DeclaredPort>();
    }

    private static string? Name(CustomAttributeValue<string> attribute) =>
        attribute.FixedArguments.Length > 0 ? attribute.FixedArguments[0].Value as string : null;

    private static object? Named(CustomAttributeValue<string> attribute, string name) => AttributeValues.Named(attribute, name) is var value && value is string[] types
        ? types.Select(static t => ToCSharp(TypeNames.WithoutAssembly(t))).ToArray()
        : value;

    // As generated code spells it, which is how an exported port does.
    private static string ToCSharp(string name) => "global::" + name.Replace('+', '.');
}
