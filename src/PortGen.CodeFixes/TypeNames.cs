using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PortGen.CodeFixes;

/// <summary>The shortest names of types at a place in a file.</summary>
internal sealed class TypeNames(SemanticModel model, int position)
{
    /// <summary>The exception that an empty method throws.</summary>
    public string NotImplemented => model.Compilation.GetTypeByMetadataName("System.NotImplementedException") is { } type
        ? Of(type)
        : "global::System.NotImplementedException";

    public string Of(ITypeSymbol type)
    {
        var full = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        string[] shorter = [type.Name, full.Replace("global::", "")];
        return shorter.FirstOrDefault(n => IsNameOf(n, type)) ?? full;
    }

    private bool IsNameOf(string name, ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(
        model.GetSpeculativeTypeInfo(position, SyntaxFactory.ParseTypeName(name), SpeculativeBindingOption.BindAsTypeOrNamespace).Type, type);
}
