using System.ComponentModel;

namespace PortGen;

/// <summary>A port of a library, for the application that references it. The generator writes it; other code does not need to.</summary>
/// <param name="name">The port's name.</param>
/// <param name="service">The owning service's port name.</param>
/// <param name="type">The service's class in C#, with <c>global::</c>.</param>
/// <param name="registration">The C# expression of the service's <see cref="PortServiceDefinition"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ExportedPortAttribute(string name, string service, string type, string registration) : Attribute
{
    /// <summary>The port's name.</summary>
    public string Name { get; } = name;

    /// <summary>The owning service's port name.</summary>
    public string Service { get; } = service;

    /// <summary>The service's class in C#, with <c>global::</c>.</summary>
    public string Type { get; } = type;

    /// <summary>The C# expression of the service's <see cref="PortServiceDefinition"/>.</summary>
    public string Registration { get; } = registration;

    /// <summary>Why the service could not be made, where the compiler's error was silenced: an application with it doesn't start. <see langword="null"/> for a good one.</summary>
    public string? Problem { get; set; }

    /// <inheritdoc cref="PortServiceAttribute.Port"/>
    public int Port { get; set; }

    /// <inheritdoc cref="PortServiceAttribute.Range"/>
    public string? Range { get; set; }

    /// <inheritdoc cref="PortServiceAttribute.Host"/>
    public string Host { get; set; } = "localhost";

    /// <inheritdoc cref="PortServiceAttribute.Required"/>
    public bool Required { get; set; } = true;

    /// <inheritdoc cref="PortServiceAttribute.HealthPath"/>
    public string? HealthPath { get; set; }

    /// <inheritdoc cref="PortServiceAttribute.DevelopmentPort"/>
    public int DevelopmentPort { get; set; }

    /// <inheritdoc cref="PortServiceAttribute.Primary"/>
    public bool Primary { get; set; }

    /// <summary>The classes of the services that must run first, in C#, with <c>global::</c>; those of another assembly with <c>, Assembly</c>.</summary>
    public string[] DependsOn { get; set; } = [];
}
