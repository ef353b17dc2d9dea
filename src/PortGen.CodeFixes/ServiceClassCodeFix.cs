using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace PortGen.CodeFixes;

/// <summary>Makes a class one that can be a port service: drops <c>abstract</c> and <c>static</c> (PG1001), implements the interface (PG1002).</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ServiceClassCodeFix))]
[Shared]
public sealed class ServiceClassCodeFix : CodeFixProvider
{
    private const string UnusableClass = "PG1001";
    private const string NotAPortService = "PG1002";

    private static readonly MemberDeclarationSyntax[] s_members =
    [
        Member("public global::System.Threading.Tasks.Task StartAsync(global::PortGen.PortLease lease, global::System.Threading.CancellationToken cancellationToken)"),
        Member("public global::System.Threading.Tasks.Task StopAsync(global::System.Threading.CancellationToken cancellationToken)")
            .WithLeadingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed, SyntaxFactory.ElasticCarriageReturnLineFeed),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [UnusableClass, NotAPortService];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type)
            {
                continue;
            }

            if (diagnostic.Id == NotAPortService)
            {
                Register("Implement IPortService", Implement(type));
            }
            else if (Obstacle(type) is { } obstacle)
            {
                Register($"Make the class not {obstacle.ValueText}", Remove(type, obstacle));
            }

            void Register(string title, TypeDeclarationSyntax changed) => context.RegisterCodeFix(
                CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(type, changed))), equivalenceKey: diagnostic.Id),
                diagnostic);
        }
    }

    private static SyntaxToken? Obstacle(TypeDeclarationSyntax type)
    {
        var index = type.Modifiers.IndexOf(SyntaxKind.AbstractKeyword);
        index = index < 0 ? type.Modifiers.IndexOf(SyntaxKind.StaticKeyword) : index;
        return index < 0 ? null : type.Modifiers[index];
    }

    private static TypeDeclarationSyntax Remove(TypeDeclarationSyntax type, SyntaxToken modifier)
    {
        var changed = (TypeDeclarationSyntax)type.WithModifiers(type.Modifiers.Remove(modifier));

        // As the first token it had the lines above.
        return modifier == type.GetFirstToken() ? changed.WithLeadingTrivia(modifier.LeadingTrivia) : changed;
    }

    private static TypeDeclarationSyntax Implement(TypeDeclarationSyntax type)
    {
        var service = SyntaxFactory.SimpleBaseType(
            SyntaxFactory.ParseTypeName("global::PortGen.IPortService").WithAdditionalAnnotations(Simplifier.Annotation));
        var body = type.OpenBraceToken.IsKind(SyntaxKind.None) || type.OpenBraceToken.IsMissing
            ? ((TypeDeclarationSyntax)type.WithSemicolonToken(default))
                .WithOpenBraceToken(SyntaxFactory.Token(SyntaxKind.OpenBraceToken))
                .WithCloseBraceToken(SyntaxFactory.Token(SyntaxKind.CloseBraceToken).WithTrailingTrivia(type.GetTrailingTrivia()))
            : type;
        var identified = body.WithIdentifier(body.Identifier.WithTrailingTrivia(SyntaxFactory.Space));
        return ((TypeDeclarationSyntax)identified.AddBaseListTypes(service))
            .AddMembers(s_members)
            .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);
    }

    private static MemberDeclarationSyntax Member(string signature) => SyntaxFactory
        .ParseMemberDeclaration(signature + " => throw new global::System.NotImplementedException();")!
        .WithLeadingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed)
        .WithTrailingTrivia(SyntaxFactory.ElasticMarker)
        .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);
}
