using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace PortGen.CodeFixes;

/// <summary>PG1005: adds IPortService to the base list, and the methods that the class lacks.</summary>
internal static class InterfaceImplementation
{
    public static async Task<IReadOnlyList<Offer>> OfferAsync(
        Project project, INamedTypeSymbol type, TypeDeclarationSyntax declaration, CancellationToken cancellationToken)
    {
        // A static class can't implement an interface; the fix for PG1001 comes first.
        var parts = ClassParts.Of(type, project, cancellationToken).Where(static p => p.Document is not null).ToList();
        if (type.IsStatic || type.TypeKind != TypeKind.Class || parts.Count == 0 || HasServiceBase(type))
        {
            return [];
        }

        var (part, document) = parts.Exists(p => p.Declaration == declaration) ? parts.Find(p => p.Declaration == declaration) : parts[0];
        var model = await document!.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (model?.Compilation.GetTypeByMetadataName("PortGen.IPortService") is not { } service || !IsComplete(part))
        {
            return [];
        }

        var layout = await Layout.OfAsync(document, cancellationToken).ConfigureAwait(false);
        var inBody = part.OpenBraceToken.Span.Length > 0 ? part.OpenBraceToken.Span.End : part.Identifier.SpanStart;
        var stubs = InterfaceStubs.Missing(type, service, new TypeNames(model, inBody));
        var name = new TypeNames(model, part.Identifier.SpanStart).Of(service);
        var changes = AddBase(part, name, layout).Concat(MemberInsertion.Add(part, stubs, layout));
        return [new Offer("Implement IPortService", "IPortService", [.. Merge(changes).Select(c => new Edit(document.Id, c))])];
    }

    // Once the base class implements the interface, this class does too: its own methods would only hide the base's.
    private static bool HasServiceBase(INamedTypeSymbol type)
    {
        for (var t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (t.GetAttributes().Any(static a => a.AttributeClass?.ToDisplayString() == "PortGen.PortServiceAttribute"))
            {
                return true;
            }
        }

        return false;
    }

    // Half-typed classes are left alone.
    private static bool IsComplete(TypeDeclarationSyntax part) =>
        !part.Identifier.IsMissing && !part.CloseBraceToken.IsMissing && !part.OpenBraceToken.IsMissing
        && part.BaseList?.Types.Any(static t => t.Type.IsMissing) != true;

    // After the parameters, before the constraints.
    private static IEnumerable<TextChange> AddBase(TypeDeclarationSyntax part, string name, Layout layout)
    {
        if (part.BaseList is { } list)
        {
            return ListInsertion.After(list.Types, list.Types.Count - 1, name, layout);
        }

        var end = part.ParameterList?.Span.End ?? part.TypeParameterList?.Span.End ?? part.Identifier.Span.End;
        return [new TextChange(new TextSpan(end, 0), " : " + name)];
    }

    // If a class has no body, both changes may start at the same position: merge them.
    private static IEnumerable<TextChange> Merge(IEnumerable<TextChange> changes) => changes
        .GroupBy(static c => c.Span.Start)
        .Select(static g => new TextChange(TextSpan.FromBounds(g.Key, g.Max(static c => c.Span.End)), string.Concat(g.Select(static c => c.NewText))));
}
