using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Options;
using Microsoft.CodeAnalysis.Text;

namespace PortGen.CodeFixes;

/// <summary>The layout of a file, taken from its text; the options only fill in what the text lacks.</summary>
internal sealed class Layout
{
    private readonly SourceText _text;
    private readonly SyntaxNode _root;
    private readonly OptionSet _options;

    private Layout(SourceText text, SyntaxNode root, OptionSet options)
    {
        _text = text;
        _root = root;
        _options = options;
    }

    /// <summary>The file's line break.</summary>
    public string NewLine => _text.Lines[0] is { Span.Length: var length } first && first.SpanIncludingLineBreak.Length > length
        ? _text.ToString(TextSpan.FromBounds(first.End, first.EndIncludingLineBreak))
        : _options.GetOption(FormattingOptions.NewLine, LanguageNames.CSharp);

    /// <summary>
    /// One level of indentation: that of the first member indented deeper than its parent, or a tab if any line begins with one.
    /// </summary>
    public string Unit
    {
        get
        {
            foreach (var member in _root.DescendantNodes().OfType<MemberDeclarationSyntax>()
                .Where(static m => m.Parent is BaseTypeDeclarationSyntax or NamespaceDeclarationSyntax))
            {
                var (outer, inner) = (IndentationAt(member.Parent!.SpanStart), IndentationAt(member.SpanStart));
                if (IsFirstOnLine(member.SpanStart) && inner.Length > outer.Length && inner.StartsWith(outer, StringComparison.Ordinal))
                {
                    return inner.Substring(outer.Length);
                }
            }

            var hasTabs = _text.Lines.Any(l => l.Span.Length > 0 && _text[l.Start] == '\t');
            return hasTabs || _options.GetOption(FormattingOptions.UseTabs, LanguageNames.CSharp)
                ? "\t"
                : new string(' ', _options.GetOption(FormattingOptions.IndentationSize, LanguageNames.CSharp));
        }
    }

    /// <summary>Whether an opening brace goes at the end of a line, not on its own line: taken from the first type with a body.</summary>
    public bool HasBraceAtLineEnd => _root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        .Where(t => t.OpenBraceToken.Span.Length > 0 && IsFirstOnLine(t.CloseBraceToken.SpanStart))
        .Select(t => !IsFirstOnLine(t.OpenBraceToken.SpanStart)).FirstOrDefault();

    public static async Task<Layout> OfAsync(Document document, CancellationToken cancellationToken)
    {
        var text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        return new Layout(text, root!, await document.GetOptionsAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The leading blanks of a position's line.</summary>
    public string IndentationAt(int position)
    {
        var line = LineAt(position).ToString();
        return line.Substring(0, line.Length - line.TrimStart(' ', '\t').Length);
    }

    /// <summary>Whether only blanks precede the position on its line.</summary>
    public bool IsFirstOnLine(int position) => IsBlank(LineAt(position).Start, position);

    /// <summary>Whether only blanks follow the position on its line.</summary>
    public bool IsLastOnLine(int position) => IsBlank(position, LineAt(position).End);

    public TextLine LineAt(int position) => _text.Lines.GetLineFromPosition(position);

    public bool IsBlank(int lineNumber) => IsBlank(_text.Lines[lineNumber].Start, _text.Lines[lineNumber].End);

    /// <summary>The position before any blanks that precede it on its line.</summary>
    public int BeforeBlanks(int position)
    {
        var line = LineAt(position);
        return line.Start + _text.ToString(TextSpan.FromBounds(line.Start, position)).TrimEnd().Length;
    }

    /// <summary>The end of the comments that follow a token on its line and belong to it.</summary>
    public static int EndOfComments(SyntaxToken token)
    {
        var last = token.TrailingTrivia.LastOrDefault(static t => t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsKind(SyntaxKind.MultiLineCommentTrivia));
        return last == default ? token.Span.End : last.Span.End;
    }

    private bool IsBlank(int start, int end) => string.IsNullOrWhiteSpace(_text.ToString(TextSpan.FromBounds(start, end)));
}
