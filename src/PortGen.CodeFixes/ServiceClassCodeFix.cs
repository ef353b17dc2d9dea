using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PortGen.CodeFixes;

/// <summary>Makes a class usable as a port service: removes <c>abstract</c> and <c>static</c> (PG1001), implements the interface (PG1005).</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ServiceClassCodeFix))]
[Shared]
public sealed class ServiceClassCodeFix : CodeFixProvider
{
    private const string UnusableClass = "PG1001";
    private const string NobodyServes = "PG1005";

    private static readonly OfferSearch s_search = new(FindOffersAsync);

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [UnusableClass, NobodyServes];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => s_search.FixAll;

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context) => s_search.RegisterAsync(context);

    private static async Task<IReadOnlyList<Offer>> FindOffersAsync(Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } declaration
            || model?.GetDeclaredSymbol(declaration, cancellationToken) is not INamedTypeSymbol type)
        {
            return [];
        }

        return diagnostic.Id == UnusableClass
            ? await ModifierRemoval.OfferAsync(document.Project, type, cancellationToken).ConfigureAwait(false)
            : await InterfaceImplementation.OfferAsync(document.Project, type, declaration, cancellationToken).ConfigureAwait(false);
    }
}
