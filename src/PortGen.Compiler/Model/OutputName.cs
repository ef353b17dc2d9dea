namespace PortGen.Compiler.Model;

/// <summary>Where the generated class goes without getting in the way.</summary>
internal sealed record OutputName
{
    /// <summary>The namespace, from which an alias brings the class into scope; <see langword="null"/> for the global one, which needs no alias.</summary>
    public required string? Namespace { get; init; }

    /// <summary>What already has the class's name (PG1007): nothing can be generated. Else <see langword="null"/>.</summary>
    public required string? Collision { get; init; }

    /// <summary>The project's C# version if it is too low for the generated code (PG4002); else <see langword="null"/>.</summary>
    public required string? OldLanguage { get; init; }

    /// <summary>Whether that C# version can compile the output at all.</summary>
    public required bool IsPrintable { get; init; }
}
