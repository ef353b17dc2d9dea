using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Parsing;

namespace PortGen.Compiler.Rules;

/// <summary>Suppresses diagnostics of tools that don't know what PortGen does with the code.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GeneratedCodeSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor s_neverInstantiated =
        new("PGS0001", "CA1812", "The container creates the classes of port services.");

    private static readonly SuppressionDescriptor s_sameName =
        new("PGS0002", "CS0436", "Each project has a generated class of its own; its own is the one that is meant, also where another project's is visible.");

    private static readonly SuppressionDescriptor s_arrayArgument =
        new("PGS0003", "CS3016", "The types that a service depends on are for the compiler alone; no other language reads them.");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions => [s_neverInstantiated, s_sameName, s_arrayArgument];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree)
            {
                continue;
            }

            var node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Find(diagnostic.Id, node, context.GetSemanticModel(tree), context.CancellationToken) is { } suppression)
            {
                context.ReportSuppression(Suppression.Create(suppression, diagnostic));
            }
        }
    }

    private static SuppressionDescriptor? Find(string id, SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) => id switch
    {
        "CA1812" => node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration
            && model.GetDeclaredSymbol(declaration, cancellationToken) is { } type && ServiceParser.FindPortService(type) is not null ? s_neverInstantiated : null,
        "CS3016" => node.FirstAncestorOrSelf<AttributeSyntax>() is { } attribute
            && ServiceParser.IsNamed(model.GetTypeInfo(attribute, cancellationToken).Type as INamedTypeSymbol, KnownNames.PortServiceAttribute) ? s_arrayArgument : null,
        _ => model.GetSymbolInfo(node, cancellationToken).Symbol is INamedTypeSymbol named && OutputNameFinder.IsGenerated(named) ? s_sameName : null,
    };
}
