using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace PortGen.CodeFixes;

/// <summary>Applies all offers with the same key in a document, a project or the solution.</summary>
internal sealed class OfferFixAll(FindOffers find) : FixAllProvider
{
    public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        var offers = new List<Offer>();
        foreach (var (document, diagnostic) in await FindDiagnosticsAsync(fixAllContext).ConfigureAwait(false))
        {
            var found = await find(document, diagnostic, fixAllContext.CancellationToken).ConfigureAwait(false);
            offers.AddRange(found.Where(o => o.Key == fixAllContext.CodeActionEquivalenceKey));
        }

        var title = "Fix all " + string.Join(", ", fixAllContext.DiagnosticIds);
        return offers.Count == 0
            ? null
            : CodeAction.Create(title, c => ApplyAsync(fixAllContext.Solution, offers, c), fixAllContext.CodeActionEquivalenceKey);
    }

    /// <summary>Applies the offers in order. An offer that overlaps an earlier one is skipped as a whole.</summary>
    public static async Task<Solution> ApplyAsync(Solution solution, IEnumerable<Offer> offers, CancellationToken cancellationToken)
    {
        var edits = new List<Edit>();
        foreach (var offer in offers)
        {
            if (!offer.Edits.Any(e => edits.Exists(e.Overlaps)))
            {
                edits.AddRange(offer.Edits);
            }
        }

        foreach (var file in edits.GroupBy(static e => e.Document))
        {
            var text = await solution.GetDocument(file.Key)!.GetTextAsync(cancellationToken).ConfigureAwait(false);
            solution = solution.WithDocumentText(file.Key, text.WithChanges(file.Select(static e => e.Change).OrderBy(static c => c.Span.Start)));
        }

        return solution;
    }

    private static async Task<IEnumerable<(Document Document, Diagnostic Diagnostic)>> FindDiagnosticsAsync(FixAllContext context)
    {
        if (context.Scope == FixAllScope.Document)
        {
            return (await context.GetDocumentDiagnosticsAsync(context.Document!).ConfigureAwait(false)).Select(d => (context.Document!, d));
        }

        IEnumerable<Project> projects = context.Scope == FixAllScope.Project
            ? [context.Project]
            : context.Solution.Projects.Where(p => p.Language == context.Project.Language);
        var found = ImmutableArray.CreateBuilder<(Document, Diagnostic)>();
        foreach (var project in projects)
        {
            var diagnostics = await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
            found.AddRange(diagnostics.Where(static d => d.Location.IsInSource)
                .Select(d => (Document: project.GetDocument(d.Location.SourceTree), Diagnostic: d))
                .Where(static p => p.Document is not null).Select(static p => (p.Document!, p.Diagnostic)));
        }

        return found;
    }
}
