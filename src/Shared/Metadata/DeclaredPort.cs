namespace PortGen;

/// <summary>A port as an attribute in an assembly's metadata declares it.</summary>
internal sealed record DeclaredPort
{
    public required string Name { get; init; }

    /// <summary>The owning service's port name.</summary>
    public required string Service { get; init; }

    /// <summary>The service's class in C#, with <c>global::</c>.</summary>
    public required string Type { get; init; }

    /// <summary>For a port that a library exports, the C# expression of its service's definition; else <see langword="null"/>.</summary>
    public string? Registration { get; init; }

    public int Port { get; init; }

    public string? Range { get; init; }

    public string Host { get; init; } = PortSettingValue.Localhost;

    public bool Required { get; init; } = true;

    public string? HealthPath { get; init; }

    /// <summary>The port to prefer in the Development environment; 0 for <see cref="Port"/>.</summary>
    public int DevelopmentPort { get; init; }

    public bool Primary { get; init; }

    /// <summary>The classes of the services that must run first, as <see cref="Type"/> has them.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>The port of an attribute.</summary>
    /// <param name="name">The port's name.</param>
    /// <param name="service">The owning service's port name.</param>
    /// <param name="type">The service's class in C#, with <c>global::</c>.</param>
    /// <param name="named">The value of a named argument; an array of texts for a list; <see langword="null"/> for none.</param>
    public static DeclaredPort From(string name, string service, string type, Func<string, object?> named) => new()
    {
        Name = name,
        Service = service,
        Type = type,
        Port = named(nameof(Port)) as int? ?? 0,
        Range = named(nameof(Range)) as string,
        Host = named(nameof(Host)) as string ?? PortSettingValue.Localhost,
        Required = named(nameof(Required)) as bool? ?? true,
        HealthPath = named(nameof(HealthPath)) as string,
        DevelopmentPort = named(nameof(DevelopmentPort)) as int? ?? 0,
        Primary = named(nameof(Primary)) as bool? ?? false,
        DependsOn = named(nameof(DependsOn)) as string[] ?? [],
    };
}
