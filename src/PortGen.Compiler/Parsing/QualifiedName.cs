using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PortGen.Compiler.Parsing;

/// <summary>Full names of types as generated code spells them: <c>global::Namespace.Outer.Inner</c>.</summary>
internal static class QualifiedName
{
    /// <summary>The same as <see cref="SymbolDisplayFormat.FullyQualifiedFormat"/>, several times faster for typical service classes.</summary>
    public static string Of(ITypeSymbol type) => type is INamedTypeSymbol { Arity: 0, SpecialType: SpecialType.None, IsTupleType: false } named && !IsInGeneric(named)
        ? OfContainer(named.ContainingSymbol) + Escape(named.Name)
        : type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private static string OfContainer(ISymbol? container) => container switch
    {
        INamespaceSymbol { IsGlobalNamespace: false } or INamedTypeSymbol => OfContainer(container.ContainingSymbol) + Escape(container.Name) + ".",
        _ => "global::",
    };

    private static bool IsInGeneric(INamedTypeSymbol type) => type.ContainingType is { } outer && (outer.Arity > 0 || IsInGeneric(outer));

    private static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
