using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace PortGen;

/// <summary>Reads the arguments of an attribute in metadata.</summary>
internal static class AttributeValues
{
    /// <summary>The values of the constructor's arguments.</summary>
    public static object?[] Fixed(CustomAttributeValue<string> attribute)
    {
        var values = new object?[attribute.FixedArguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = attribute.FixedArguments[i].Value;
        }

        return values;
    }

    /// <summary>The value of a named argument, an array of texts for a list; <see langword="null"/> for none.</summary>
    public static object? Named(CustomAttributeValue<string> attribute, string name)
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

    private static string[] Texts(ImmutableArray<CustomAttributeTypedArgument<string>> items)
    {
        var texts = new List<string>();
        foreach (var item in items)
        {
            if (item.Value is string text)
            {
                texts.Add(text);
            }
        }

        return [.. texts];
    }
}
