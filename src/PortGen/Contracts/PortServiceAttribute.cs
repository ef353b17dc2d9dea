namespace PortGen;

/// <summary>Makes a class a port service: which port it prefers, which range it may fall back to, and which services it needs.</summary>
/// <remarks>The class implements <see cref="IPortService"/> and is created by the container. Every value can be overridden by configuration.</remarks>
/// <param name="name">
/// The port's name, unique in the application: 1 to 15 lower-case letters, digits and single inner hyphens, first a letter
/// (an IANA service name, RFC 6335 section 5.1).
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class PortServiceAttribute(string name) : Attribute
{
    /// <summary>The port's name, which is the service's too.</summary>
    public string Name { get; } = name;

    /// <summary>The preferred port, 1024 to 65535. 0, the default: any port of <see cref="Range"/>, or without a range one that the system chooses.</summary>
    public int Port { get; set; }

    /// <summary>The ports the service may fall back to, <c>first-last</c>, both included. <see langword="null"/>: the preferred port alone.</summary>
    public string? Range { get; set; }

    /// <summary>The classes of the services that must run before this one starts.</summary>
    public Type[] DependsOn { get; set; } = [];

    /// <summary>Whether the application can't do without this service. An optional one that finds no port is left out with a warning.</summary>
    public bool Required { get; set; } = true;

    /// <summary><c>localhost</c> (127.0.0.1 and ::1 on one port), <c>*</c> (all interfaces), or an IP address.</summary>
    public string Host { get; set; } = "localhost";

    /// <summary>The path of an HTTP service's health check, such as <c>/health</c>; <see langword="null"/> for none.</summary>
    public string? HealthPath { get; set; }

    /// <summary>The preferred port in the Development environment; absent, <see cref="Port"/> is.</summary>
    public int DevelopmentPort { get; set; }

    /// <summary>Whether the generic <c>PORT</c> variable means this service. At most one service is primary; an only service always is.</summary>
    public bool Primary { get; set; }
}
