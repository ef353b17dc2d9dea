using System.Globalization;

namespace PortGen;

/// <summary>A port of a running application, always as it is at the moment of asking. The generated <c>RunningPorts</c> has one for each port.</summary>
public sealed class RunningPort
{
    private readonly PortRegistry _registry;

    internal RunningPort(PortRegistry registry, string name)
    {
        _registry = registry;
        Name = name;
    }

    /// <summary>The port's name.</summary>
    public string Name { get; }

    /// <summary>The actual port, 1 to 65535: the preferred one or another of the range.</summary>
    /// <exception cref="InvalidOperationException">The port is not held: it is optional and was unavailable, or its service or the application has stopped.</exception>
    public int Port => Held().Port!.Value;

    /// <inheritdoc cref="PortStatus.Url"/>
    /// <exception cref="InvalidOperationException">The port is not held.</exception>
    public string Url => Held().Url!;

    /// <inheritdoc cref="PortStatus.PublicUrl"/>
    /// <exception cref="InvalidOperationException">The port is not held.</exception>
    public string PublicUrl => Held().PublicUrl!;

    /// <summary>The port's state.</summary>
    public PortState State => Status.State;

    /// <summary>All that is known of the port, at one moment; also while it is not held.</summary>
    public PortStatus Status => _registry.GetPort(Name);

    /// <summary>Name and number for a message.</summary>
    public override string ToString() => Status is { Port: { } port } ? string.Create(CultureInfo.InvariantCulture, $"{Name} on {port}") : $"{Name}, not held";

    private PortStatus Held() => Status is { Port: not null } status ? status : throw new InvalidOperationException(
        $"Port '{Name}' has no number: it is {Status.State.ToString().ToLowerInvariant()}. Ask Status whether a port is held.");
}
