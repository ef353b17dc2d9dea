namespace PortGen;

/// <summary>Renames a port that a referenced library declares, or leaves its service out of this application.</summary>
/// <remarks>
/// <c>[assembly: ReferencedPort("Acme.Metrics", "metrics", Name = "acme-metrics")]</c>. Numbers need no attribute: settings change them,
/// <c>Ports:metrics:Port</c>. The library's own code continues to use its own names, <c>lease["metrics"]</c>.
/// </remarks>
/// <param name="assembly">The library's assembly name, without version and <c>.dll</c>.</param>
/// <param name="port">The port's name as the library declares it.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ReferencedPortAttribute(string assembly, string port) : Attribute
{
    /// <summary>The library's assembly name.</summary>
    public string Assembly { get; } = assembly;

    /// <summary>The port's name as the library declares it.</summary>
    public string Port { get; } = port;

    /// <summary>The port's name in this application; <see langword="null"/> for the library's.</summary>
    public string? Name { get; set; }

    /// <summary>Whether the service of that name is left out, with all its ports.</summary>
    public bool Exclude { get; set; }
}
