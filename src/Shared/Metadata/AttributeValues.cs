using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace PortGen;

/// <summary>Reads the arguments of an attribute in metadata.</summary>
internal static class AttributeValues
{
    /// <summary>The value of a named argument, an array of texts for a list; <see langword="null"/> for none.</summary>
    public static object? Named(CustomAttributeValue<string> attribute, string name)
    {
        var value = attribute.NamedArguments.FirstOrDefault(a => a.Name == name).Value;
        return value is ImmutableArray<CustomAttributeTypedArgument<string>> items
            ? items.Select(static i => i.Value as string).OfType<string>().ToArray()
            : value;
    }
}
