namespace PortGen.Compiler.Model;

/// <summary>The services that keep every rule, proven: what the emitter prints.</summary>
internal sealed record ManifestModel
{
    /// <summary>By port name.</summary>
    public required EquatableArray<ManifestService> Services { get; init; }

    /// <summary>Whether any service is declared, valid or not: code that uses the generated class must not break over one wrong attribute.</summary>
    public required bool IsDeclared { get; init; }

    /// <summary>The startup waves, as port names.</summary>
    public required EquatableArray<EquatableArray<string>> Waves { get; init; }
}

/// <summary>A service of the manifest.</summary>
internal sealed record ManifestService
{
    /// <summary>The service's ports, its own first.</summary>
    public required EquatableArray<ManifestPort> Ports { get; init; }

    /// <summary>The port the service is named after.</summary>
    public ManifestPort Port => Ports[0];

    public string TypeName => Port.Declaration.Type;

    /// <inheritdoc cref="DeclaredPort.Registration"/>
    public string? Registration => Port.Declaration.Registration;

    /// <summary>The port names of the services it needs, each one in the manifest.</summary>
    public required EquatableArray<string> DependsOn { get; init; }
}

/// <summary>A port of the manifest with its generated property.</summary>
internal sealed record ManifestPort
{
    public required string Identifier { get; init; }

    /// <summary>The declaration; every class that it depends on is one of a service.</summary>
    public required DeclaredPort Declaration { get; init; }

    /// <summary>The declaration's range, read.</summary>
    public required PortRange? Range { get; init; }
}

/// <summary>What the project says about the generated class.</summary>
internal sealed record OutputOptions
{
    /// <summary>The namespace; <see langword="null"/> for the global one.</summary>
    public required string? Namespace { get; init; }

    public required string ClassName { get; init; }

    /// <summary><c>public</c> or <c>internal</c>.</summary>
    public required string Accessibility { get; init; }

    /// <summary>Whether the class is wanted even where no service is declared.</summary>
    public required bool IsApplication { get; init; }

    /// <summary>The assembly's name as an identifier.</summary>
    public required string AssemblyIdentifier { get; init; }

    /// <summary>Whether the assembly is a library, whose services an application may include.</summary>
    public required bool IsLibrary { get; init; }
}
