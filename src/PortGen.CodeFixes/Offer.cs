using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace PortGen.CodeFixes;

/// <summary>One way to fix a diagnostic. The edits apply to the text, so everything else stays as it is, byte for byte.</summary>
/// <param name="Title">What the menu says.</param>
/// <param name="Key">What changes: fix-all applies all offers with the same key.</param>
/// <param name="Edits">The edits, which may be in several files.</param>
internal sealed record Offer(string Title, string Key, IReadOnlyList<Edit> Edits);

/// <summary>A change to a file.</summary>
internal readonly record struct Edit(DocumentId Document, TextChange Change)
{
    /// <summary>Inserts <paramref name="text"/> at <paramref name="position"/>.</summary>
    public static Edit Insert(DocumentId document, int position, string text) => Replace(document, new TextSpan(position, 0), text);

    /// <summary>Replaces <paramref name="span"/> with <paramref name="text"/>.</summary>
    public static Edit Replace(DocumentId document, TextSpan span, string text) => new(document, new TextChange(span, text));

    /// <summary>Whether both change the same characters.</summary>
    public bool Overlaps(Edit other) => Document == other.Document
        && (Change.Span.OverlapsWith(other.Change.Span) || Change.Span.Start == other.Change.Span.Start);
}
