using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace PortGen;

/// <summary>The arguments of an attribute in metadata.</summary>
internal readonly struct MetadataArguments(CustomAttributeValue<string> attribute) : IAttributeArguments
{
    /// <inheritdoc/>
    public int Count => attribute.FixedArguments.Length;

    /// <inheritdoc/>
    public string? Text(int index) => attribute.FixedArguments[index].Value as string;

    /// <inheritdoc/>
    public object? Find(string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Name == name)
            {
                return argument.Value is ImmutableArray<CustomAttributeTypedArgument<string>> items ? Texts(items) : argument.Value;
            }
        }

        return null;
    }

    private static EquatableArray<string> Texts(ImmutableArray<CustomAttributeTypedArgument<string>> items)
    {
        var texts = ImmutableArray.CreateBuilder<string>(items.Length);
        foreach (var item in items)
        {
            if (item.Value is string text)
            {
                texts.Add(TypeNames.Instance.IsSystemType(item.Type) ? TypeNames.IdOfSerialized(text) : text);
            }
        }

        return new(texts.ToImmutable());
    }
}
