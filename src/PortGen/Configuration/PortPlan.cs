namespace PortGen.Configuration;

/// <summary>What is to be bound and started: manifest and configuration together, proven by the rules.</summary>
internal sealed record PortPlan
{
    public required PortManifest Manifest { get; init; }

    /// <summary>The ports in the manifest's order.</summary>
    public required IReadOnlyList<PlannedPort> Ports { get; init; }

    /// <summary>How long binding is retried while a required port is unavailable.</summary>
    public required TimeSpan BindTimeout { get; init; }

    /// <summary>How long one service may take to start.</summary>
    public required TimeSpan StartTimeout { get; init; }

    /// <summary>How long one service may take to stop.</summary>
    public required TimeSpan StopTimeout { get; init; }

    /// <summary>How long every service continues to serve after the application was told to stop.</summary>
    public required TimeSpan DrainDelay { get; init; }

    /// <summary>Which application this is, if the configuration says so; <see langword="null"/> to go by the folder that it runs from.</summary>
    public string? Application { get; init; }

    /// <summary>Whether earlier instances of the application that hold its ports are ended first.</summary>
    public required bool ForceRestart { get; init; }

    /// <summary>How long an earlier instance may take to stop before it is killed.</summary>
    public required TimeSpan RestartTimeout { get; init; }

    /// <summary>Whether the ports of a running instance are taken over from it.</summary>
    public bool TakeOver { get; init; }

    /// <summary>How long this instance, once it has handed its ports over, waits for its last connection to close.</summary>
    public TimeSpan HandOverTimeout { get; init; }

    /// <summary>Whether the system chooses every port, on loopback: for tests side by side.</summary>
    public bool FreePorts { get; init; }

    /// <summary>The path of a file that exists while the application is ready; <see langword="null"/> for none.</summary>
    public required string? ReadyFile { get; init; }

    /// <summary>What the operator should know though nothing is wrong, such as a variable that was ignored.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What was decided that the operator may wonder about, such as a variable of the platform's that looks like one of a port's.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The ports of a service.</summary>
    public IEnumerable<PlannedPort> PortsOf(string service) => Ports.Where(p => p.Definition.Service == service);

    /// <summary>The plan for what the host's server does with its ports.</summary>
    public PortPlan For(HostPorts use) => this with
    {
        Ports = [.. Ports.Select(p => (FreePorts || use != HostPorts.Held ? p.ToFree() : p) with { IsHeld = use != HostPorts.NotHeld || !p.IsOfHost })],
    };
}

/// <summary>One port of the plan.</summary>
internal sealed record PlannedPort
{
    public required PortDefinition Definition { get; init; }

    public string Name => Definition.Name;

    /// <summary>Whether the application's own host serves the port.</summary>
    public required bool IsOfHost { get; init; }

    /// <summary>Whether the port is bound at all. One of a host that has another server is not.</summary>
    public bool IsHeld { get; init; } = true;

    /// <inheritdoc cref="PortDefinition.DeclaredName"/>
    public string DeclaredName => Definition.DeclaredName;

    /// <summary>The preferred port; 0 for none.</summary>
    public required int Port { get; init; }

    public required ValueSource PortSource { get; init; }

    /// <summary>The ports allowed; <see langword="null"/> where the system chooses.</summary>
    public required PortRange? Range { get; init; }

    public required ValueSource RangeSource { get; init; }

    public required string Host { get; init; }

    public required ValueSource HostSource { get; init; }

    /// <summary>Whether the application can't do without the port: the port is needed, and its service is too.</summary>
    public required bool Required { get; init; }

    /// <summary>Whether its service can't do without the port.</summary>
    public required bool NeededByService { get; init; }

    public required string? HealthPath { get; init; }

    /// <summary>The port under which the outside reaches this one; <see langword="null"/> for the same.</summary>
    public required int? ExternalPort { get; init; }

    /// <summary>The URL by which others reach the port; <see langword="null"/> where none is configured.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>The same port, on a number that the system chooses. Nobody outside has it mapped.</summary>
    public PlannedPort ToFree() => this with { Port = 0, Range = null, Host = PortSettingValue.Localhost, ExternalPort = null, PublicUrl = null };
}
