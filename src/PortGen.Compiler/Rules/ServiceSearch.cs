using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PortGen.Compiler.Model;
using PortGen.Compiler.Parsing;

namespace PortGen.Compiler.Rules;

/// <summary>Finds the port services of a compilation.</summary>
internal static class ServiceSearch
{
    public static IEnumerable<(INamedTypeSymbol Type, ServiceModel Service)> FindAll(Compilation compilation, CancellationToken cancellationToken)
    {
        var pending = new Stack<INamespaceOrTypeSymbol>([compilation.Assembly.GlobalNamespace]);
        while (pending.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var member in pending.Pop().GetMembers().OfType<INamespaceOrTypeSymbol>())
            {
                pending.Push(member);
                if (member is INamedTypeSymbol type && MayHaveAttributes(type, cancellationToken)
                    && ServiceParser.FindPortService(type) is { } attribute
                    && ServiceParser.Parse(type, attribute, compilation.Options, cancellationToken) is { } service)
                {
                    yield return (type, service);
                }
            }
        }
    }

    /// <summary>Whether any declaration of the type has an attribute list: looking is much cheaper than binding the attributes.</summary>
    public static bool MayHaveAttributes(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellationToken) is BaseTypeDeclarationSyntax { AttributeLists.Count: > 0 })
            {
                return true;
            }
        }

        return false;
    }
}
