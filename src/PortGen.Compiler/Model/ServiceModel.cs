namespace PortGen.Compiler.Model;

/// <summary>A class with <c>[PortService]</c>, of this project or a referenced one, as declared and before any rule has been applied.</summary>
internal sealed record ServiceModel
{
    /// <summary>The class's full name with <c>global::</c>.</summary>
    public required string TypeName { get; init; }

    /// <summary>The class as a message names it.</summary>
    public string DisplayName => ToDisplayName(TypeName);

    /// <summary>Why the container can't create the class (PG1001), or <see langword="null"/>.</summary>
    public required string? ClassDefect { get; init; }

    /// <summary>Whether the class implements <c>IPortService</c> (PG1002).</summary>
    public required bool IsPortService { get; init; }

    /// <summary>For a service of a referenced assembly, the C# expression of its definition; <see langword="null"/> for one of this project.</summary>
    public required string? Registration { get; init; }

    /// <summary>The port the service is named after.</summary>
    public required PortModel Port { get; init; }

    /// <summary>The ports of its <c>[AdditionalPort]</c> attributes, in their order.</summary>
    public required EquatableArray<PortModel> AdditionalPorts { get; init; }

    /// <summary>The full names of the types in <c>DependsOn</c>, in their order; empty for what is no type yet.</summary>
    public required EquatableArray<string> DependsOn { get; init; }

    /// <summary>All ports, the service's own first.</summary>
    public IEnumerable<PortModel> Ports => [Port, .. AdditionalPorts];

    /// <summary>A full name as a message has it. Derived when a message needs it: this runs for every service at every key stroke.</summary>
    public static string ToDisplayName(string typeName) => typeName.Replace("global::", "");
}

/// <summary>One port of a service, as declared.</summary>
internal sealed record PortModel
{
    public required string Name { get; init; }

    public required int Port { get; init; }

    public required string? Range { get; init; }

    public required string Host { get; init; }

    public required bool Required { get; init; }

    public required string? HealthPath { get; init; }

    public required int? DevelopmentPort { get; init; }

    public required bool Primary { get; init; }
}
