namespace PortGen.Compiler.Model;

/// <summary>A class with <c>[PortService]</c>, of this project or a referenced one, as declared and before any rule has been applied.</summary>
internal sealed record ServiceModel
{
    /// <summary>Why the class can't be a service (PG1001), or <see langword="null"/>.</summary>
    public required string? ClassDefect { get; init; }

    /// <summary>The class's role.</summary>
    public required ClassRole Role { get; init; }

    /// <summary>The port the service is named after, then those of its <c>[AdditionalPort]</c> attributes in order.</summary>
    public required EquatableArray<DeclaredPort> Ports { get; init; }

    /// <summary>The port the service is named after.</summary>
    public DeclaredPort Port => Ports[0];

    /// <summary>The class's full name with <c>global::</c>.</summary>
    public string TypeName => Port.Type;

    /// <inheritdoc cref="DeclaredPort.TypeId"/>
    public string TypeId => Port.TypeId;

    /// <summary>The class as shown in messages.</summary>
    public string DisplayName => PortGen.TypeId.ToDisplayName(TypeName);

    /// <summary>Whether the service comes from a referenced assembly, which registers it.</summary>
    public bool IsReferenced => Port.Registration is not null;

    /// <summary>Whether the application's own host serves the port.</summary>
    public bool IsHost => Role == ClassRole.Host;

    /// <summary>The classes in <c>DependsOn</c>, in order; empty for a name that is not a type yet.</summary>
    public EquatableArray<string> DependsOn => Port.DependsOn;
}
