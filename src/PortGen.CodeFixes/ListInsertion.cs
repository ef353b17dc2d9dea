using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace PortGen.CodeFixes;

/// <summary>Adds an element to a list with commas: on the same line, or on its own line if each element has one.</summary>
internal static class ListInsertion
{
    public static IEnumerable<TextChange> After<T>(SeparatedSyntaxList<T> list, int index, string element, Layout layout)
        where T : SyntaxNode
    {
        var last = list[index].GetLastToken();
        var before = index > 0 ? list.GetSeparator(index - 1) : default;
        var after = index < list.SeparatorCount ? list.GetSeparator(index) : default;
        if (before != default && layout.IsFirstOnLine(before.SpanStart) && (after == default || layout.IsLastOnLine(Layout.EndOfComments(last))))
        {
            return CommaFirst(last, before, list[index], element, layout);
        }

        return layout.IsFirstOnLine(list[index].SpanStart) && (after == default || layout.IsLastOnLine(Layout.EndOfComments(after)))
            ? OwnLine(last, after, layout.NewLine + layout.IndentationAt(list[index].SpanStart) + element)
            : [Insert(BeforeLineComment(last), ", " + element)];
    }

    // The comma and the blanks after it match the line above.
    private static IEnumerable<TextChange> CommaFirst(SyntaxToken last, SyntaxToken comma, SyntaxNode node, string element, Layout layout)
    {
        var blanks = layout.LineAt(node.SpanStart).Start <= comma.SpanStart ? new string(' ', node.SpanStart - comma.Span.End) : " ";
        return [Insert(Layout.EndOfComments(last), layout.NewLine + layout.IndentationAt(comma.SpanStart) + "," + blanks + element)];
    }

    private static IEnumerable<TextChange> OwnLine(SyntaxToken last, SyntaxToken comma, string line)
    {
        if (comma != default)
        {
            return [Insert(Layout.EndOfComments(comma), line + ",")];
        }

        var end = Layout.EndOfComments(last);
        return end == last.Span.End ? [Insert(end, "," + line)] : [Insert(last.Span.End, ","), Insert(end, line)];
    }

    // A comment after the element stays with it, unless it would comment out the added text.
    private static int BeforeLineComment(SyntaxToken last)
    {
        var end = Layout.EndOfComments(last);
        return last.TrailingTrivia.Any(static t => t.ToString().StartsWith("//", StringComparison.Ordinal)) ? last.Span.End : end;
    }

    private static TextChange Insert(int position, string text) => new(new TextSpan(position, 0), text);
}
