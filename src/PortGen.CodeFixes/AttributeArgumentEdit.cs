using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace PortGen.CodeFixes;

/// <summary>Sets an argument of an attribute.</summary>
internal static class AttributeArgumentEdit
{
    /// <summary>The text changes, or <see langword="null"/> if the argument's value can't be replaced in place.</summary>
    public static IEnumerable<TextChange>? Set(AttributeSyntax attribute, string argument, string value, Layout layout)
    {
        var isNumber = argument is "Port" or "DevelopmentPort";
        var literal = isNumber ? value : SyntaxFactory.Literal(value).Text;
        if (Find(attribute, argument) is { } found)
        {
            var expression = Unwrap(found.Expression);
            return IsOwnValue(expression) ? [new TextChange(expression.Span, literal)] : null;
        }

        return argument != "Name" && attribute.ArgumentList is { Arguments: { Count: > 0 } arguments }
            ? ListInsertion.After(arguments, Neighbour(arguments), argument + " = " + literal, layout)
            : null;
    }

    private static AttributeArgumentSyntax? Find(AttributeSyntax attribute, string argument) =>
        attribute.ArgumentList?.Arguments.FirstOrDefault(a => argument == "Name" ? a.NameEquals is null : Name(a) == argument);

    private static string? Name(AttributeArgumentSyntax argument) => argument.NameEquals?.Name.Identifier.ValueText;

    // A range goes next to its port.
    private static int Neighbour(SeparatedSyntaxList<AttributeArgumentSyntax> arguments)
    {
        var port = arguments.IndexOf(static a => Name(a) == "Port");
        return port >= 0 ? port : arguments.Count - 1;
    }

    // Keep whatever wraps the value: (80), checked(80), (int)80.
    private static ExpressionSyntax Unwrap(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax parenthesized => Unwrap(parenthesized.Expression),
        CheckedExpressionSyntax block => Unwrap(block.Expression),
        CastExpressionSyntax { Type: PredefinedTypeSyntax { Keyword: var type } } cast
            when type.IsKind(SyntaxKind.IntKeyword) || type.IsKind(SyntaxKind.StringKeyword) => Unwrap(cast.Expression),
        _ => expression,
    };

    // A constant declared elsewhere may have other uses, and a comment within the value would be lost.
    private static bool IsOwnValue(ExpressionSyntax expression) =>
        !expression.DescendantNodesAndSelf().Any(static n => n is SimpleNameSyntax)
        && expression.DescendantTrivia(t => true).Where(t => expression.Span.Contains(t.Span))
            .All(static t => t.IsKind(SyntaxKind.WhitespaceTrivia) || t.IsKind(SyntaxKind.EndOfLineTrivia));
}
