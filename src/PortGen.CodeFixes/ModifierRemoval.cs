using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace PortGen.CodeFixes;

/// <summary>PG1001: makes a class non-abstract or non-static, in all its parts, if possible.</summary>
internal static class ModifierRemoval
{
    public static async Task<IReadOnlyList<Offer>> OfferAsync(Project project, INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        var (kind, word) = type.IsStatic ? (SyntaxKind.StaticKeyword, "static") : (SyntaxKind.AbstractKeyword, "abstract");
        var parts = ClassParts.Of(type, project, cancellationToken).Where(p => p.Declaration.Modifiers.Any(kind)).ToList();
        if (parts.Count == 0 || parts.Exists(static p => p.Document is null) || (type.IsStatic ? HasExtensions(type) : HasAbstractMembers(type)))
        {
            return [];
        }

        var edits = new List<Edit>();
        foreach (var (declaration, document) in parts)
        {
            var layout = await Layout.OfAsync(document!, cancellationToken).ConfigureAwait(false);
            edits.AddRange(declaration.Modifiers.Where(m => m.IsKind(kind)).Select(m => Edit.Replace(document!.Id, SpanOf(m, layout), "")));
        }

        return [new Offer($"Make the class not {word}", word, edits)];
    }

    // With the blanks after it; the whole line if it is alone there.
    private static TextSpan SpanOf(SyntaxToken modifier, Layout layout)
    {
        var (start, end) = (modifier.SpanStart, modifier.Span.End);
        if (layout.IsLastOnLine(end))
        {
            var line = layout.LineAt(start);
            return layout.IsFirstOnLine(start) ? line.SpanIncludingLineBreak : TextSpan.FromBounds(start - BlanksBefore(modifier), line.End);
        }

        var next = modifier.TrailingTrivia.FirstOrDefault();
        return TextSpan.FromBounds(start, next.IsKind(SyntaxKind.WhitespaceTrivia) ? next.Span.End : end);
    }

    private static int BlanksBefore(SyntaxToken modifier)
    {
        var last = modifier.GetPreviousToken().TrailingTrivia.LastOrDefault();
        return last.IsKind(SyntaxKind.WhitespaceTrivia) ? last.Span.Length : 0;
    }

    // Only static classes can have extensions (CS1106).
    private static bool HasExtensions(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Any(static m => m.IsExtensionMethod) || type.GetTypeMembers().Any(static t => t.IsExtension);

    // Its own (CS0513), or inherited and not overridden (CS0534). The compiler handles a record's copy method.
    private static bool HasAbstractMembers(INamedTypeSymbol type)
    {
        var overridden = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        for (var t = type; t is not null; t = t.BaseType)
        {
            foreach (var member in t.GetMembers())
            {
                if (member.IsAbstract && member.Name != "<Clone>$" && !overridden.Contains(member.OriginalDefinition))
                {
                    return true;
                }

                if (Overridden(member) is { } definition)
                {
                    overridden.Add(definition.OriginalDefinition);
                }
            }
        }

        return false;
    }

    private static ISymbol? Overridden(ISymbol member) => member switch
    {
        IMethodSymbol method => method.OverriddenMethod,
        IPropertySymbol property => property.OverriddenProperty,
        IEventSymbol e => e.OverriddenEvent,
        _ => null,
    };
}
