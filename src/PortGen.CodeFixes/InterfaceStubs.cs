using Microsoft.CodeAnalysis;

namespace PortGen.CodeFixes;

/// <summary>Writes the methods that a class needs to implement an interface.</summary>
internal static class InterfaceStubs
{
    /// <summary>A stub for each method the class lacks; explicit if a public one would conflict with an existing member.</summary>
    public static IReadOnlyList<string> Missing(INamedTypeSymbol type, INamedTypeSymbol service, TypeNames names) =>
    [
        .. service.GetMembers().OfType<IMethodSymbol>()
            .Where(method => !IsImplemented(type, method))
            .Select(method => Stub(method, IsNameTaken(type, method) ? names.Of(service) : null, names)),
    ];

    private static string Stub(IMethodSymbol method, string? service, TypeNames names)
    {
        var parameters = string.Join(", ", method.Parameters.Select(p => names.Of(p.Type) + " " + p.Name));
        var returned = names.Of(method.ReturnType);
        var signature = service is null ? $"public {returned} {method.Name}" : $"{returned} {service}.{method.Name}";
        return $"{signature}({parameters}) => throw new {names.NotImplemented}();";
    }

    private static bool IsImplemented(INamedTypeSymbol type, IMethodSymbol method) =>
        type.GetMembers().OfType<IMethodSymbol>().Any(m => m.ExplicitInterfaceImplementations.Contains(method, SymbolEqualityComparer.Default))
        || Visible(type, method.Name).OfType<IMethodSymbol>().Any(m => m is { DeclaredAccessibility: Accessibility.Public, IsStatic: false }
            && HasSignature(m, method) && SymbolEqualityComparer.Default.Equals(m.ReturnType, method.ReturnType));

    // By a method with that signature (CS0111), another member with that name (CS0102), or the class itself (CS0542).
    // An inherited one would be hidden (CS0108).
    private static bool IsNameTaken(INamedTypeSymbol type, IMethodSymbol method) =>
        type.Name == method.Name || Visible(type, method.Name).Any(m => m is not IMethodSymbol other || HasSignature(other, method));

    private static bool HasSignature(IMethodSymbol method, IMethodSymbol other) =>
        method.Arity == other.Arity && method.Parameters.Length == other.Parameters.Length
        && method.Parameters.Zip(other.Parameters, HasType).All(static same => same);

    private static bool HasType(IParameterSymbol parameter, IParameterSymbol other) =>
        parameter.RefKind == other.RefKind && SymbolEqualityComparer.Default.Equals(parameter.Type, other.Type);

    private static IEnumerable<ISymbol> Visible(INamedTypeSymbol type, string name)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            var own = SymbolEqualityComparer.Default.Equals(t, type);
            foreach (var member in t.GetMembers(name).Where(m => own || m.DeclaredAccessibility != Accessibility.Private))
            {
                yield return member;
            }
        }
    }
}
