using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PortGen.Compiler.Parsing;

namespace PortGen.Compiler.Rules;

/// <summary>Finds the location of a problem: the argument, the element of an argument, or the class's name.</summary>
internal static class ProblemLocation
{
    public static Location Find(INamedTypeSymbol type, AttributeData portService, ServiceProblem problem, CancellationToken cancellationToken)
    {
        if (problem.Part == PortPart.Class)
        {
            return type.Locations[0];
        }

        var attribute = problem.PortIndex == 0
            ? portService
            : ServiceParser.AdditionalPortAttributes(type).Where(static a => ServiceParser.NameOf(a) is not null).ElementAtOrDefault(problem.PortIndex - 1);

        // In half-typed code two classes may share a name, and the problem may be in the other.
        if (attribute?.ApplicationSyntaxReference?.GetSyntax(cancellationToken) is not AttributeSyntax syntax)
        {
            return type.Locations[0];
        }

        return (Argument(syntax, problem) ?? syntax).GetLocation();
    }

    /// <summary>The location of a whole attribute.</summary>
    public static Location Of(INamedTypeSymbol type, AttributeData attribute, CancellationToken cancellationToken) =>
        attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken).GetLocation() ?? type.Locations[0];

    private static SyntaxNode? Argument(AttributeSyntax attribute, ServiceProblem problem)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? default;
        if (problem.Part == PortPart.Name)
        {
            return arguments.FirstOrDefault(static a => a.NameEquals is null)?.Expression;
        }

        var name = problem.Part.ToString();
        var expression = arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == name)?.Expression;
        return problem.Part == PortPart.DependsOn ? Element(expression, problem.Element) ?? expression : expression;
    }

    // [typeof(A), typeof(B)], new[] { typeof(A), typeof(B) } and new Type[] { ... } alike.
    private static SyntaxNode? Element(ExpressionSyntax? list, int index) => list switch
    {
        CollectionExpressionSyntax collection => collection.Elements.ElementAtOrDefault(index),
        ImplicitArrayCreationExpressionSyntax array => array.Initializer.Expressions.ElementAtOrDefault(index),
        ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions.ElementAtOrDefault(index),
        _ => null,
    };
}
