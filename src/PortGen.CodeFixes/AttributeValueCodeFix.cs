using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace PortGen.CodeFixes;

/// <summary>Puts the values that a rule proposes into the attribute. The rule has seen all ports, so fixing all at once brings no new collision.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AttributeValueCodeFix))]
[Shared]
public sealed class AttributeValueCodeFix : CodeFixProvider
{
    // The proposals of a diagnostic, under the names of the attribute's arguments, in the order to offer them.
    private static readonly ImmutableArray<string> s_arguments = ["Name", "Port", "Range"];

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        ["PG0001", "PG0002", "PG0003", "PG0004", "PG0005", "PG0006", "PG0011", "PG0012"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            // The first one that encloses the place: a value may itself hold an attribute only in nested lambdas, which are no constants.
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute)
            {
                continue;
            }

            var offers = 0;
            foreach (var argument in s_arguments)
            {
                if (diagnostic.Properties.TryGetValue(argument, out var text) && text is not null && CanSet(attribute, argument))
                {
                    var title = argument == "Name" ? $"Rename the port to \"{text}\"" : $"Set {argument} to {text}";
                    context.RegisterCodeFix(
                        CodeAction.Create(
                            title,
                            _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(attribute, Set(attribute, argument, text)))),
                            equivalenceKey: (offers++).ToString(CultureInfo.InvariantCulture)),
                        diagnostic);
                }
            }
        }
    }

    // A constant that stands elsewhere may be used elsewhere: only literals are replaced.
    private static bool CanSet(AttributeSyntax attribute, string argument) =>
        Find(attribute, argument) is not { } found
        || found.Expression is LiteralExpressionSyntax or PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax };

    private static AttributeSyntax Set(AttributeSyntax attribute, string argument, string text)
    {
        var value = argument == "Port"
            ? SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(int.Parse(text, CultureInfo.InvariantCulture)))
            : SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(text));
        if (Find(attribute, argument) is { } found)
        {
            return attribute.ReplaceNode(found.Expression, value.WithTriviaFrom(found.Expression));
        }

        // A range stands best beside its port.
        var list = attribute.ArgumentList!;
        var added = SyntaxFactory.AttributeArgument(SyntaxFactory.NameEquals(argument), null, value).WithAdditionalAnnotations(Formatter.Annotation);
        var after = list.Arguments.IndexOf(static a => a.NameEquals?.Name.Identifier.ValueText == "Port");
        return attribute.WithArgumentList(list.WithArguments(list.Arguments.Insert(after + 1, added)));
    }

    private static AttributeArgumentSyntax? Find(AttributeSyntax attribute, string argument) =>
        attribute.ArgumentList?.Arguments.FirstOrDefault(a => argument == "Name" ? a.NameEquals is null : a.NameEquals?.Name.Identifier.ValueText == argument);
}
