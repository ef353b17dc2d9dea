namespace PortGen.Compiler.Model;

/// <summary>The combined result of all declarations, for the emitter.</summary>
internal sealed record ManifestModel
{
    /// <summary>Every port that can have a property, of valid and rejected services alike: an unrelated mistake must not break code that uses one.</summary>
    public required EquatableArray<ManifestPort> Ports { get; init; }

    /// <summary>The services that can be made, by port name.</summary>
    public required EquatableArray<ManifestService> Services { get; init; }

    /// <summary>Whether any service is declared, valid or not.</summary>
    public required bool IsDeclared { get; init; }

    /// <summary>The startup waves, as port names.</summary>
    public required EquatableArray<EquatableArray<string>> Waves { get; init; }

    /// <summary>The problems that no setting can fix. The compiler rejects them; if its errors are suppressed, startup does.</summary>
    public required EquatableArray<string> Problems { get; init; }

    /// <summary>The project's own services that a library must not export to applications as valid, each with its problem.</summary>
    public required EquatableArray<BrokenService> Broken { get; init; }
}

/// <summary>A service of the manifest.</summary>
internal sealed record ManifestService
{
    /// <summary>The service's ports, its own first.</summary>
    public required EquatableArray<ManifestPort> Ports { get; init; }

    /// <summary>The port the service is named after.</summary>
    public ManifestPort Port => Ports[0];

    public string Name => Port.Declaration.Name;

    public string TypeName => Port.Declaration.Type;

    /// <inheritdoc cref="DeclaredPort.Registration"/>
    public string? Registration => Port.Declaration.Registration;

    /// <inheritdoc cref="ServiceModel.IsHost"/>
    public required bool IsHost { get; init; }

    /// <summary>Whether the application renames it, or what it depends on.</summary>
    public required bool IsRenamed { get; init; }

    /// <summary>The port names of the services it needs, each one in an earlier wave.</summary>
    public required EquatableArray<string> DependsOn { get; init; }
}

/// <summary>A port of the manifest with its generated property.</summary>
internal sealed record ManifestPort
{
    public required string Identifier { get; init; }

    public required DeclaredPort Declaration { get; init; }

    /// <summary>The declaration's range, parsed; <see langword="null"/> if there is none or it can't be parsed.</summary>
    public required PortRange? Range { get; init; }
}

/// <summary>A service with a mistake that an application can't detect: it is missing, or lacks what it depends on.</summary>
/// <param name="Ports">Its ports.</param>
/// <param name="Problem">What is wrong.</param>
internal sealed record BrokenService(EquatableArray<DeclaredPort> Ports, string Problem);
