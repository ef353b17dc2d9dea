namespace PortGen.Compiler.Model;

/// <summary>Where the generated class goes, so that it is in nobody's way.</summary>
internal sealed record OutputName
{
    /// <summary>The namespace, out of which an alias brings the class into scope; <see langword="null"/> for the global one, where it is in scope by itself.</summary>
    public required string? Namespace { get; init; }

    /// <summary>What has the class's name already (PG1007): nothing can be generated. <see langword="null"/> for nothing.</summary>
    public required string? Collision { get; init; }

    /// <summary>The project's C# version where it is below what generated code needs (PG4002); else <see langword="null"/>.</summary>
    public required string? OldLanguage { get; init; }

    /// <summary>Whether the language can read what is generated at all.</summary>
    public required bool IsPrintable { get; init; }
}
