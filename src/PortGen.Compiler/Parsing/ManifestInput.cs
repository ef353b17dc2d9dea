using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>Everything a manifest is built from.</summary>
internal sealed record ManifestInput
{
    /// <summary>The project's own services.</summary>
    public required IEnumerable<ServiceModel> Declared { get; init; }

    /// <summary>Additional ports of classes that are not services.</summary>
    public required IEnumerable<OrphanedPort> Orphans { get; init; }

    /// <summary>The ports of referenced libraries.</summary>
    public required IEnumerable<DeclaredPort> Referenced { get; init; }

    /// <summary>The application's changes to those.</summary>
    public required IEnumerable<ReferencedPortChange> Changes { get; init; }

    /// <summary>The project's options.</summary>
    public required OutputOptions Options { get; init; }

    /// <summary>Whether to compute the cures, which only code fixes need.</summary>
    public required bool HasCures { get; init; }
}
