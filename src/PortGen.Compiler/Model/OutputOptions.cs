namespace PortGen.Compiler.Model;

/// <summary>The project's options for the generated class.</summary>
internal sealed record OutputOptions
{
    /// <summary>The project's root namespace; <see langword="null"/> for the global one.</summary>
    public required string? RootNamespace { get; init; }

    public required string ClassName { get; init; }

    /// <summary><c>public</c> or <c>internal</c>.</summary>
    public required string Accessibility { get; init; }

    /// <summary>Whether to generate the class even if no service is declared.</summary>
    public required bool IsApplication { get; init; }

    /// <summary>The assembly's name as an identifier, unique among assemblies.</summary>
    public required string AssemblyIdentifier { get; init; }

    /// <summary>Whether the assembly is a library, whose services an application may include.</summary>
    public required bool IsLibrary { get; init; }

    /// <summary>Whether the project sees PortGen.AspNetCore, whose web host serves the port of the entry point.</summary>
    public required bool HasWebHost { get; init; }

    /// <summary>Whether the application runs in a browser, where nothing can listen.</summary>
    public required bool IsBrowser { get; init; }

    /// <summary>Properties with unusable values, as arguments of PG4003: the default applies.</summary>
    public required EquatableArray<UnusableProperty> UnusableProperties { get; init; }

    /// <summary>The class of a running application.</summary>
    public string RunningClassName => RunningPrefix + ClassName;

    private const string RunningPrefix = "Running";
}

/// <summary>A project property with an unusable value.</summary>
/// <param name="Name">The property.</param>
/// <param name="Value">Its value.</param>
/// <param name="Advice">What to write.</param>
internal sealed record UnusableProperty(string Name, string Value, string Advice);
