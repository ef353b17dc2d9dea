namespace PortGen.Compiler.Model;

/// <summary>What all declarations together come to: what the emitter prints.</summary>
internal sealed record ManifestModel
{
    /// <summary>Every port that can have a property, of good services and of those that a rule refuses: code that uses one must not break over another mistake.</summary>
    public required EquatableArray<ManifestPort> Ports { get; init; }

    /// <summary>The services that can be made, by port name.</summary>
    public required EquatableArray<ManifestService> Services { get; init; }

    /// <summary>Whether any service is declared, valid or not.</summary>
    public required bool IsDeclared { get; init; }

    /// <summary>The startup waves, as port names.</summary>
    public required EquatableArray<EquatableArray<string>> Waves { get; init; }

    /// <summary>What is wrong and no setting can cure. The compiler refuses it; where its errors are silenced, the start does.</summary>
    public required EquatableArray<string> Problems { get; init; }

    /// <summary>The project's own services that a library must not hand to its applications as good ones, each with what is wrong.</summary>
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

    /// <summary>Whether the application has other names for it, or for what it needs, than its library.</summary>
    public required bool IsRenamed { get; init; }

    /// <summary>The port names of the services it needs, each one in an earlier wave.</summary>
    public required EquatableArray<string> DependsOn { get; init; }
}

/// <summary>A port of the manifest with its generated property.</summary>
internal sealed record ManifestPort
{
    public required string Identifier { get; init; }

    public required DeclaredPort Declaration { get; init; }

    /// <summary>The declaration's range, read; <see langword="null"/> for none, and for one that can't be read.</summary>
    public required PortRange? Range { get; init; }
}

/// <summary>A service with a mistake that an application can't see for itself: it isn't there, or lacks what it depends on.</summary>
/// <param name="Ports">Its ports.</param>
/// <param name="Problem">What is wrong.</param>
internal sealed record BrokenService(EquatableArray<DeclaredPort> Ports, string Problem);
