using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PortGen.Compiler.Parsing;

/// <summary>The arguments of an attribute in source, or of one in a project that is not compiled yet.</summary>
internal readonly struct SymbolArguments(AttributeData attribute) : IAttributeArguments
{
    /// <inheritdoc/>
    public int Count => attribute.ConstructorArguments.Length;

    /// <inheritdoc/>
    public string? Text(int index) => attribute.ConstructorArguments[index] is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;

    /// <inheritdoc/>
    public object? Find(string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
            {
                return argument.Value switch
                {
                    { Kind: TypedConstantKind.Primitive } constant => constant.Value,
                    { Kind: TypedConstantKind.Array, IsNull: false } constant => Texts(constant.Values),
                    _ => null,
                };
            }
        }

        return null;
    }

    // An element that isn't a type yet (an error, null) keeps its place, so that positions match the source.
    private static EquatableArray<string> Texts(ImmutableArray<TypedConstant> values)
    {
        var texts = ImmutableArray.CreateBuilder<string>(values.Length);
        foreach (var value in values)
        {
            texts.Add(value.Kind == TypedConstantKind.Array ? "" : value.Value switch
            {
                ITypeSymbol type and not IErrorTypeSymbol => QualifiedName.Of(type),
                string text => text,
                _ => "",
            });
        }

        return new(texts.MoveToImmutable());
    }
}
