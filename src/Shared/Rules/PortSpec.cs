namespace PortGen;

/// <summary>One port as a reader found it (an attribute, a configuration file, a variable), before the rules have been applied.</summary>
internal sealed record PortSpec
{
    /// <summary>The port's name, exactly as written.</summary>
    public required string Name { get; init; }

    /// <summary>The owning service's port name; the port's own name unless it is an additional port.</summary>
    public required string Service { get; init; }

    /// <summary>What declares the port, as shown in messages: a class.</summary>
    public required string DeclaredBy { get; init; }

    /// <summary>The preferred port; 0 for none.</summary>
    public int Port { get; init; }

    /// <summary>The preferred port in Development, if different; 0 for none, and for the specs of one environment.</summary>
    public int DevelopmentPort { get; init; }

    /// <summary>The range as written; <see langword="null"/> for the preferred port alone.</summary>
    public string? Range { get; init; }

    /// <summary>The host as written; <see langword="null"/> if a setting, already read, decides.</summary>
    public string? Host { get; init; }

    /// <summary>The path of a health check, which makes it an HTTP port; <see langword="null"/> for none.</summary>
    public string? HealthPath { get; init; }

    /// <summary>Whether the generic PORT variable means this port.</summary>
    public bool Primary { get; init; }

    /// <summary>The port names of the services that must run first; only a service's own port has them.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Whether this is the port the service is named after.</summary>
    public bool IsServicePort => Name == Service;
}
