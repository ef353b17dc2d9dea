namespace PortGen;

/// <summary>Gives a port service another port with its own name; the service gets it as <c>lease["name"]</c>.</summary>
/// <param name="name">The port's name, unique in the application; the rules are those of <see cref="PortServiceAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AdditionalPortAttribute(string name) : Attribute
{
    /// <summary>The port's name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc cref="PortServiceAttribute.Port"/>
    public int Port { get; set; }

    /// <inheritdoc cref="PortServiceAttribute.Range"/>
    public string? Range { get; set; }

    /// <inheritdoc cref="PortServiceAttribute.Host"/>
    public string Host { get; set; } = "localhost";
}
