namespace PortGen;

/// <summary>What is known of a port at one moment.</summary>
public sealed record PortStatus
{
    // No registered scheme, but what everybody writes of a port that is not known to speak anything else.
    private const string Tcp = "tcp";

    /// <summary>The port's name.</summary>
    public required string Name { get; init; }

    /// <summary>The port name of the owning service.</summary>
    public required string Service { get; init; }

    /// <summary>The actual port; <see langword="null"/> while none is held.</summary>
    public int? Port { get; init; }

    /// <summary>The preferred port after configuration; 0 for none.</summary>
    public required int PreferredPort { get; init; }

    /// <summary><c>localhost</c>, <c>*</c> or an address.</summary>
    public required string Host { get; init; }

    /// <summary>Where the service answers whether it is ready; <see langword="null"/> where it doesn't say.</summary>
    public string? HealthPath { get; init; }

    /// <summary>Whether the port is to be held in this run. One of a host whose server is another, such as a test's, stays pending and doesn't count for readiness.</summary>
    public bool IsExpected { get; init; } = true;

    /// <summary>The port's state.</summary>
    public PortState State { get; init; } = PortState.Pending;

    /// <summary>Whether the actual port is another than the preferred one.</summary>
    public bool IsFallback => Port is not null && PreferredPort != 0 && Port != PreferredPort;

    /// <summary>
    /// The port as an address: with the scheme that whoever serves it has said, <c>http</c> where it is known to speak HTTP (it has a health path, or is a web
    /// service), else <c>tcp</c>. <see langword="null"/> while none is held.
    /// </summary>
    public string? Url => Port is { } port ? PortUrl.Of(ShownScheme, Host, port) : null;

    /// <summary>
    /// The address for clients elsewhere: the configured one (<c>Ports:{name}:PublicUrl</c>), else <see cref="Url"/> with the <see cref="ExternalPort"/>. It never
    /// ends with a slash. <see langword="null"/> while the port is not held.
    /// </summary>
    public string? PublicUrl => Port is null ? null
        : (ConfiguredUrl ?? PortUrl.Of(ShownScheme, Host, ExternalPort ?? Port.Value)).TrimEnd('/');

    /// <summary>The configured URL; <see langword="null"/> for none.</summary>
    internal string? ConfiguredUrl { get; init; }

    /// <summary>The scheme, where it is known; else <see langword="null"/>.</summary>
    internal string? Scheme { get; init; }

    private string ShownScheme => Scheme ?? (HealthPath is null ? Tcp : Uri.UriSchemeHttp);

    /// <summary>The numbers that are allowed, by the configuration; <see langword="null"/> where the system chooses.</summary>
    public PortRange? Range { get; init; }

    /// <summary>The wave of the start in which the port's service starts: 0 for the first.</summary>
    public int Wave { get; init; }

    /// <summary>The port under which the outside reaches this one; <see langword="null"/> for the same.</summary>
    public int? ExternalPort { get; init; }

    /// <summary>When the port began to listen; <see langword="null"/> while none is held.</summary>
    public DateTimeOffset? AllocatedAt { get; init; }

    /// <summary>How many port numbers were tried.</summary>
    public int BindAttempts { get; init; }

    /// <summary>Who held the preferred port when it was missed; <see langword="null"/> if it was not missed, or its holder could not be found.</summary>
    public string? HeldBy { get; init; }
}
