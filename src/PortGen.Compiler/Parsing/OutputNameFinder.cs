using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>Finds a place for the generated class that doesn't change the meaning of any user code.</summary>
/// <remarks>
/// An alias brings the class into scope of top-level statements. It must not collide with a type or namespace of that name: neither in
/// the global namespace (CS0576), nor among the project's types, which it would hide in files that import them. This runs on every
/// keystroke, and nearly always ends with the first lookup in the table of declared names.
/// </remarks>
internal static class OutputNameFinder
{
    /// <summary>The lowest C# version that compiles the generated file without errors; lower is PG4002.</summary>
    public const LanguageVersion Floor = LanguageVersion.CSharp10;

    // What the file without the alias needs: init-only properties.
    private const LanguageVersion LowestPrinted = LanguageVersion.CSharp9;

    public static OutputName Find(Compilation compilation, OutputOptions options, CancellationToken cancellationToken)
    {
        var version = (compilation as CSharpCompilation)?.LanguageVersion ?? Floor;
        var root = version >= Floor ? options.RootNamespace : null;
        string[] names = [options.ClassName, options.RunningClassName];
        var collision = names.Select(n => FindType(compilation, n, cancellationToken)).FirstOrDefault(static c => c is not null);
        if (collision is null && root is not null && IsFree(compilation, root, names))
        {
            return Name(root, collision: null, version);
        }

        // In the global namespace, the project's own class wins over a visible generated class of another project.
        return Name(root: null, collision ?? FindGlobal(compilation, names, static type => !IsGenerated(type)), version);
    }

    private static OutputName Name(string? root, string? collision, LanguageVersion version) => new()
    {
        Namespace = root,
        Collision = collision,
        OldLanguage = version < Floor ? version.ToDisplayString() : null,
        IsPrintable = version >= LowestPrinted,
    };

    // A type of that name anywhere in the project, except nested types, which no alias hides.
    private static string? FindType(Compilation compilation, string name, CancellationToken cancellationToken) =>
        compilation.ContainsSymbolsWithName(name, SymbolFilter.Type, cancellationToken)
        && compilation.GetSymbolsWithName(name, SymbolFilter.Type, cancellationToken).FirstOrDefault(static s => s.ContainingType is null && !IsGenerated(s)) is { } type
            ? $"a type {type.ToDisplayString()}"
            : null;

    /// <summary>Whether PortGen generated the type: an analyzer sees generated types too.</summary>
    public static bool IsGenerated(ISymbol type) => type.GetAttributes().Any(static a =>
        a is { AttributeClass.Name: "GeneratedCodeAttribute", ConstructorArguments: [{ Value: "PortGen" }, ..] });

    private static bool IsFree(Compilation compilation, string root, string[] names)
    {
        // An alias conflicts with any of them, even a generated class of another project whose internals are visible.
        if (FindGlobal(compilation, names, type => !IsGenerated(type) || !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)) is not null)
        {
            return false;
        }

        INamespaceSymbol? current = compilation.Assembly.GlobalNamespace;
        foreach (var written in root.Split('.'))
        {
            var segment = written.TrimStart('@');

            // The alias would collide with the namespace itself, or a type has its name (a project and its class are both EchoServer).
            if ((current is { IsGlobalNamespace: true } && names.Contains(segment)) || current?.GetTypeMembers(segment, 0).IsEmpty == false)
            {
                return false;
            }

            current = current?.GetNamespaceMembers(segment);
        }

        return current is null || !names.Any(n => current.GetNamespaceMembers(n) is not null);
    }

    private static string? FindGlobal(Compilation compilation, string[] names, Func<INamedTypeSymbol, bool> isInTheWay)
    {
        foreach (var name in names)
        {
            foreach (var member in compilation.GlobalNamespace.GetMembers(name))
            {
                if (member is not INamedTypeSymbol type || isInTheWay(type))
                {
                    return $"a {(member is INamespaceSymbol ? "namespace" : "type")} {name}";
                }
            }
        }

        return null;
    }

    private static INamespaceSymbol? GetNamespaceMembers(this INamespaceSymbol container, string name) =>
        container.GetMembers(name).OfType<INamespaceSymbol>().FirstOrDefault();
}
