using Microsoft.CodeAnalysis;

namespace PortGen.Compiler.Rules;

/// <summary>
/// PG1008: the container calls a public constructor and sets nothing afterwards. An application may register the class itself, so this is
/// a warning, and no generated code depends on it.
/// </summary>
internal static class ClassCreation
{
    /// <summary>Why the container can't create the class by itself, or <see langword="null"/> if it can.</summary>
    public static string? Defect(INamedTypeSymbol type)
    {
        var isCreatable = false;
        var setsRequired = false;
        foreach (var constructor in type.InstanceConstructors)
        {
            if (constructor.DeclaredAccessibility == Accessibility.Public)
            {
                isCreatable = true;
                setsRequired |= constructor.GetAttributes().Any(static a => a.AttributeClass is { Name: "SetsRequiredMembersAttribute" });
            }
        }

        return isCreatable ? !setsRequired && HasRequiredMembers(type) ? "has required members" : null : "has no public constructor";
    }

    private static bool HasRequiredMembers(INamedTypeSymbol type)
    {
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
        {
            foreach (var member in t.GetMembers())
            {
                if (member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true })
                {
                    return true;
                }
            }
        }

        return false;
    }
}
