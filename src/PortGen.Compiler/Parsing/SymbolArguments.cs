using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PortGen.Compiler.Parsing;

/// <summary>The arguments of an attribute in source, or of one in a project that is not compiled yet.</summary>
/// <param name="attribute">The attribute.</param>
/// <param name="own">The assembly that has it.</param>
internal readonly struct SymbolArguments(AttributeData attribute, IAssemblySymbol? own) : IAttributeArguments
{
    /// <inheritdoc/>
    public int Count => attribute.ConstructorArguments.Length;

    /// <inheritdoc/>
    public string? Text(int index) => attribute.ConstructorArguments[index] switch
    {
        { Kind: TypedConstantKind.Primitive, Value: string text } => text,

        // null is a value, but not a valid name. An argument that isn't typed yet is a compiler error.
        { Kind: TypedConstantKind.Primitive, IsNull: true } => "",
        _ => null,
    };

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
    private EquatableArray<string> Texts(ImmutableArray<TypedConstant> values)
    {
        var texts = ImmutableArray.CreateBuilder<string>(values.Length);
        foreach (var value in values)
        {
            texts.Add(value.Kind == TypedConstantKind.Array ? "" : value.Value switch
            {
                ITypeSymbol type and not IErrorTypeSymbol => TypeId.Of(QualifiedName.Of(type), AssemblyOf(type)),
                string text => text,
                _ => "",
            });
        }

        return new(texts.MoveToImmutable());
    }

    private string? AssemblyOf(ITypeSymbol type) =>
        type.ContainingAssembly is { } assembly && !SymbolEqualityComparer.Default.Equals(assembly, own) ? assembly.Name : null;
}
