using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PortGen.CodeFixes;

/// <summary>Puts the values that a rule proposes into the attribute. The rule has seen all ports, so fix-all creates no new collision.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AttributeValueCodeFix))]
[Shared]
public sealed class AttributeValueCodeFix : CodeFixProvider
{
    // A diagnostic's properties hold the proposals, by attribute argument. They are offered in this order.
    private static readonly ImmutableArray<string> s_arguments = ["Name", "Port", "DevelopmentPort", "Range", "Host", "HealthPath"];

    private static readonly OfferSearch s_search = new(FindOffersAsync);

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        ["PG0001", "PG0002", "PG0003", "PG0004", "PG0005", "PG0006", "PG0011", "PG0012", "PG0016", "PG0017"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => s_search.FixAll;

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context) => s_search.RegisterAsync(context);

    private static async Task<IReadOnlyList<Offer>> FindOffersAsync(Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);

        // The innermost enclosing attribute: only a lambda in a value could contain another one, and a lambda is not a constant.
        if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute)
        {
            return [];
        }

        var layout = await Layout.OfAsync(document, cancellationToken).ConfigureAwait(false);
        var offers = new List<Offer>();
        foreach (var argument in s_arguments)
        {
            if (diagnostic.Properties.TryGetValue(argument, out var value) && value is not null
                && AttributeArgumentEdit.Set(attribute, argument, value, layout) is { } changes)
            {
                var title = argument == "Name" ? $"Rename the port to \"{value}\"" : $"Set {argument} to {value}";
                offers.Add(new Offer(title, argument, [.. changes.Select(c => new Edit(document.Id, c))]));
            }
        }

        return offers;
    }
}
