using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace PortGen;

/// <summary>A port that a referenced assembly brings along, as its <c>[assembly: ExportedPort]</c> attributes say.</summary>
internal sealed record ExportedPort
{
    /// <summary>The attribute's full name.</summary>
    public const string AttributeName = "PortGen.ExportedPortAttribute";

    /// <summary>How many constructor arguments the attribute has, all of them strings.</summary>
    public const int ArgumentCount = 4;

    private const string RuntimeAssembly = "PortGen";

    public required string Name { get; init; }

    public required string Service { get; init; }

    public required string Type { get; init; }

    public required string Registration { get; init; }

    public int Port { get; init; }

    public string? Range { get; init; }

    public string Host { get; init; } = PortSettingValue.Localhost;

    public bool Required { get; init; } = true;

    public string? HealthPath { get; init; }

    public int DevelopmentPort { get; init; }

    public bool Primary { get; init; }

    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>The port of an attribute's arguments, or <see langword="null"/> where they are not those of this version.</summary>
    /// <param name="arguments">The constructor's arguments.</param>
    /// <param name="named">The value of a named argument; an array of texts for a list; <see langword="null"/> for none.</param>
    public static ExportedPort? From(IReadOnlyList<object?> arguments, Func<string, object?> named) =>
        arguments is not [string name, string service, string type, string registration] ? null : new ExportedPort
        {
            Name = name,
            Service = service,
            Type = type,
            Registration = registration,
            Port = named(nameof(Port)) as int? ?? 0,
            Range = named(nameof(Range)) as string,
            Host = named(nameof(Host)) as string ?? PortSettingValue.Localhost,
            Required = named(nameof(Required)) as bool? ?? true,
            HealthPath = named(nameof(HealthPath)) as string,
            DevelopmentPort = named(nameof(DevelopmentPort)) as int? ?? 0,
            Primary = named(nameof(Primary)) as bool? ?? false,
            DependsOn = named(nameof(DependsOn)) as string[] ?? [],
        };

    /// <summary>The ports of an assembly's metadata. Nearly every assembly is none of ours, and that is seen at once.</summary>
    public static IReadOnlyList<ExportedPort> Read(MetadataReader metadata)
    {
        var isOurs = metadata.AssemblyReferences.Any(h => metadata.StringComparer.Equals(metadata.GetAssemblyReference(h).Name, RuntimeAssembly));
        if (!isOurs || !metadata.IsAssembly)
        {
            return [];
        }

        var ports = new List<ExportedPort>();
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (TypeNames.OfAttribute(metadata, attribute) == AttributeName)
            {
                var value = attribute.DecodeValue(TypeNames.Instance);
                var port = From(
                    [.. value.FixedArguments.Select(static a => a.Value)],
                    name => Plain(value.NamedArguments.FirstOrDefault(a => a.Name == name).Value));
                ports.AddRange(port is null ? [] : [port]);
            }
        }

        return ports;
    }

    private static object? Plain(object? value) => value is ImmutableArray<CustomAttributeTypedArgument<string>> items
        ? items.Select(static i => i.Value as string).OfType<string>().ToArray()
        : value;
}
