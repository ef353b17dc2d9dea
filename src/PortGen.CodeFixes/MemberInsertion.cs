using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace PortGen.CodeFixes;

/// <summary>Adds members at the end of a class, which gets a body if it has none.</summary>
internal static class MemberInsertion
{
    public static IEnumerable<TextChange> Add(TypeDeclarationSyntax type, IReadOnlyList<string> members, Layout layout)
    {
        var hasBody = type.OpenBraceToken.Span.Length > 0;
        if (members.Count == 0)
        {
            return [];
        }

        var indentation = MemberIndentation(type, layout);
        var lines = string.Join(layout.NewLine + layout.NewLine, members.Select(m => indentation + m)) + layout.NewLine;
        return hasBody ? AtEnd(type, lines, layout) : NewBody(type, lines, layout);
    }

    private static IEnumerable<TextChange> AtEnd(TypeDeclarationSyntax type, string lines, Layout layout)
    {
        var close = type.CloseBraceToken.SpanStart;
        if (layout.IsFirstOnLine(close))
        {
            var line = layout.LineAt(close);
            var isFirst = layout.LineAt(type.OpenBraceToken.SpanStart).LineNumber == line.LineNumber - 1;
            return [new TextChange(new TextSpan(line.Start, 0), (isFirst || layout.IsBlank(line.LineNumber - 1) ? "" : layout.NewLine) + lines)];
        }

        // The brace moves to a line of its own.
        var end = layout.BeforeBlanks(close);
        var blankLine = end > type.OpenBraceToken.Span.End ? layout.NewLine : "";
        return [new TextChange(TextSpan.FromBounds(end, close), layout.NewLine + blankLine + lines + layout.IndentationAt(type.Keyword.SpanStart))];
    }

    // Replaces the semicolon; a comment after it stays on the header's line.
    private static IEnumerable<TextChange> NewBody(TypeDeclarationSyntax type, string lines, Layout layout)
    {
        var indentation = layout.IndentationAt(type.Keyword.SpanStart);
        var end = Layout.EndOfComments(type.SemicolonToken);
        var rest = layout.NewLine + lines + indentation + "}";
        var (brace, body) = layout.HasBraceAtLineEnd ? (" {", rest) : ("", layout.NewLine + indentation + "{" + rest);
        return end == type.SemicolonToken.Span.End
            ? [new TextChange(type.SemicolonToken.Span, brace + body)]
            : [new TextChange(type.SemicolonToken.Span, brace), new TextChange(new TextSpan(end, 0), body)];
    }

    // Same as the existing members; otherwise one level deeper than the class.
    private static string MemberIndentation(TypeDeclarationSyntax type, Layout layout)
    {
        var member = type.Members.FirstOrDefault(m => layout.IsFirstOnLine(m.SpanStart));
        return member is null ? layout.IndentationAt(type.Keyword.SpanStart) + layout.Unit : layout.IndentationAt(member.SpanStart);
    }
}
