namespace PortGen;

/// <summary>The arguments of an attribute, wherever they are read from.</summary>
internal interface IAttributeArguments
{
    /// <summary>How many arguments the constructor has.</summary>
    int Count { get; }

    /// <summary>The text of a constructor argument; <see langword="null"/> for anything else.</summary>
    string? Text(int index);

    /// <summary>The value of a named argument; <see langword="null"/> for one that is missing or half typed.</summary>
    /// <returns>An array is an <see cref="EquatableArray{T}"/> of strings; a type in it is its full name with <c>global::</c>.</returns>
    object? Find(string name);
}
