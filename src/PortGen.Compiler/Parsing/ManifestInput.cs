using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>Everything that a manifest is made of.</summary>
internal sealed record ManifestInput
{
    /// <summary>The project's own services.</summary>
    public required IEnumerable<ServiceModel> Declared { get; init; }

    /// <summary>Additional ports of classes that are not services.</summary>
    public required IEnumerable<OrphanedPort> Orphans { get; init; }

    /// <summary>The ports of referenced libraries.</summary>
    public required IEnumerable<DeclaredPort> Referenced { get; init; }

    /// <summary>What the application changes of those.</summary>
    public required IEnumerable<ReferencedPortChange> Changes { get; init; }

    /// <summary>What the project says.</summary>
    public required OutputOptions Options { get; init; }

    /// <summary>Whether anybody wants to know how to mend what is wrong: code fixes do.</summary>
    public required bool HasCures { get; init; }
}
