using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace PortGen.Tasks;

/// <summary>Reads the port attributes from an assembly's metadata. The assembly is never loaded.</summary>
internal static class ManifestReader
{
    private const string PortService = "PortGen.PortServiceAttribute";
    private const string AdditionalPort = "PortGen.AdditionalPortAttribute";

    /// <summary>The ports by name.</summary>
    public static IReadOnlyList<DeclaredPort> Read(string assemblyPath)
    {
        using var file = File.OpenRead(assemblyPath);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var services = new List<(DeclaredPort Port, IReadOnlyList<string> DependsOn)>();
        var additional = new List<DeclaredPort>();
        foreach (var handle in metadata.TypeDefinitions)
        {
            Read(metadata, metadata.GetTypeDefinition(handle), services, additional);
        }

        var namesByType = services.ToDictionary(static s => s.Port.TypeName, static s => s.Port.Name, StringComparer.Ordinal);
        return
        [
            .. services
                .Select(s => s.Port with { DependsOn = [.. s.DependsOn.Where(namesByType.ContainsKey).Select(t => namesByType[t])] })
                .Concat(additional)
                .OrderBy(static p => p.Name, StringComparer.Ordinal),
        ];
    }

    private static void Read(
        MetadataReader metadata, TypeDefinition type, List<(DeclaredPort, IReadOnlyList<string>)> services, List<DeclaredPort> additional)
    {
        var declared = type.GetCustomAttributes()
            .Select(metadata.GetCustomAttribute)
            .Select(a => (Attribute: a, Name: TypeNames.OfAttribute(metadata, a)))
            .Where(static a => a.Name is PortService or AdditionalPort)
            .Select(static a => (a.Name, Value: a.Attribute.DecodeValue(TypeNames.Instance)))
            .ToList();
        if (declared.FirstOrDefault(static a => a.Name == PortService) is not { Name: not null } own || Name(own.Value) is not { } service)
        {
            return;
        }

        var typeName = TypeNames.FullName(metadata, type);
        services.Add((ToPort(own.Value, service, service, typeName), Dependencies(own.Value)));
        additional.AddRange(declared
            .Where(static a => a.Name == AdditionalPort)
            .Select(a => Name(a.Value) is { } name ? ToPort(a.Value, name, service, typeName) : null)
            .OfType<DeclaredPort>());
    }

    private static DeclaredPort ToPort(CustomAttributeValue<string> attribute, string name, string service, string typeName) => new()
    {
        Name = name,
        Service = service,
        TypeName = typeName,
        Port = Named(attribute, "Port") as int? ?? 0,
        Range = Named(attribute, "Range") as string,
        Host = Named(attribute, "Host") as string ?? PortSettingValue.Localhost,
        Required = Named(attribute, "Required") as bool? ?? true,
        HealthPath = Named(attribute, "HealthPath") as string,
        DevelopmentPort = Named(attribute, "DevelopmentPort") as int? ?? 0,
    };

    private static string? Name(CustomAttributeValue<string> attribute) =>
        attribute.FixedArguments.Length > 0 ? attribute.FixedArguments[0].Value as string : null;

    private static object? Named(CustomAttributeValue<string> attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Name == name).Value;

    private static IReadOnlyList<string> Dependencies(CustomAttributeValue<string> attribute) =>
        Named(attribute, "DependsOn") is ImmutableArray<CustomAttributeTypedArgument<string>> types
            ? [.. types.Select(static t => t.Value as string).OfType<string>().Select(TypeNames.WithoutAssembly)]
            : [];
}
