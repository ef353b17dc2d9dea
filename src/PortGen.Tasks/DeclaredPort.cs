namespace PortGen.Tasks;

/// <summary>A port as the attributes in an assembly's metadata declare it.</summary>
internal sealed record DeclaredPort
{
    public required string Name { get; init; }

    public required string Service { get; init; }

    /// <summary>The class that declares it, with its namespace.</summary>
    public required string TypeName { get; init; }

    public int Port { get; init; }

    public string? Range { get; init; }

    public string Host { get; init; } = PortSettingValue.Localhost;

    public bool Required { get; init; } = true;

    public string? HealthPath { get; init; }

    /// <summary>The port to prefer in the Development environment; 0 for <see cref="Port"/>.</summary>
    public int DevelopmentPort { get; init; }

    /// <summary>The port names of the services that must run first.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];
}
