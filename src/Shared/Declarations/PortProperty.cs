namespace PortGen;

/// <summary>A property of a port attribute.</summary>
/// <param name="Name">Its name: in the attributes, in the exported attribute and in the port's definition alike.</param>
/// <param name="Value">Its value; <see langword="null"/> where the default need not be written.</param>
internal readonly record struct PortProperty(string Name, object? Value);
