using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace PortGen.CodeFixes;

/// <summary>Finds the ways to fix a diagnostic in a file.</summary>
internal delegate Task<IReadOnlyList<Offer>> FindOffers(Document document, Diagnostic diagnostic, CancellationToken cancellationToken);

/// <summary>What a code fix provider does with the offers it finds.</summary>
internal sealed class OfferSearch(FindOffers find)
{
    /// <summary>Applies all offers with the same key.</summary>
    public FixAllProvider FixAll { get; } = new OfferFixAll(find);

    /// <summary>Registers each offer.</summary>
    public async Task RegisterAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            foreach (var offer in await find(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false))
            {
                var solution = context.Document.Project.Solution;
                context.RegisterCodeFix(CodeAction.Create(offer.Title, c => OfferFixAll.ApplyAsync(solution, [offer], c), offer.Key), diagnostic);
            }
        }
    }
}
