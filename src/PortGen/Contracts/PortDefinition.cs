namespace PortGen;

/// <summary>A port as its attribute declares it, before any configuration.</summary>
public sealed record PortDefinition
{
    private readonly string? _service;

    /// <summary>Creates a definition with an attribute's default values.</summary>
    /// <param name="name">The port's name, unique in the application.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public PortDefinition(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        DeclaredName = name;
    }

    /// <summary>The port's name.</summary>
    public string Name { get; private init; }

    /// <summary>The name that the service's own code knows the port by; <see cref="Name"/> unless the application has renamed the port of a library.</summary>
    public string DeclaredName { get; private init; }

    /// <summary>The port name of the owning service; <see cref="Name"/> itself unless this is an additional port.</summary>
    public string Service
    {
        get => _service ?? Name;
        init => _service = value;
    }

    /// <summary>The preferred port; 0 for none.</summary>
    public int Port { get; init; }

    /// <summary>The ports to fall back to; <see langword="null"/> for the preferred port alone.</summary>
    public PortRange? Range { get; init; }

    /// <summary>The range as written, where it is not a valid one; <see langword="null"/> where <see cref="Range"/> says it. A start refuses it, unless a setting replaces it.</summary>
    public string? InvalidRange { get; init; }

    /// <inheritdoc cref="PortServiceAttribute.Host"/>
    public string Host { get; init; } = PortSettingValue.Localhost;

    /// <inheritdoc cref="PortServiceAttribute.Required"/>
    public bool Required { get; init; } = true;

    /// <inheritdoc cref="PortServiceAttribute.HealthPath"/>
    public string? HealthPath { get; init; }

    /// <summary>The preferred port in the Development environment; <see langword="null"/> for <see cref="Port"/>.</summary>
    public int? DevelopmentPort { get; init; }

    /// <inheritdoc cref="PortServiceAttribute.Primary"/>
    public bool Primary { get; init; }

    /// <summary>The same port under the name that the application gives it.</summary>
    internal PortDefinition Rename(string name, string service) => this with { Name = name, Service = service };
}
