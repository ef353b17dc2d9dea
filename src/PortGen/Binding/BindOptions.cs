using System.Collections.Frozen;
using PortGen.Binding.Conflicts;
using PortGen.Configuration;
using PortGen.Platform;

namespace PortGen.Binding;

/// <summary>Which ports of the plan to bind, and how.</summary>
internal sealed record BindOptions
{
    /// <summary>The ports to bind; <see langword="null"/> for all of the plan.</summary>
    public IReadOnlyList<PlannedPort>? Ports { get; init; }

    /// <summary>Numbers that other ports of this application hold, on any host: they are unavailable.</summary>
    public IReadOnlySet<int> Taken { get; init; } = FrozenSet<int>.Empty;

    /// <summary>How to try numbers after the first conflict.</summary>
    public ListenProbing Probing { get; init; } = ListenSocket.DefaultProbing;

    /// <summary>Finds out what holds a number that was refused.</summary>
    public PortHolderLookup Lookup { get; init; } = new();

    /// <summary>The lease that somebody has been given before its port is bound, if there is one.</summary>
    public Func<string, PortLease?> Promised { get; init; } = static _ => null;

    /// <summary>Counts attempts, conflicts and fallbacks; <see langword="null"/> where nobody does.</summary>
    public PortTelemetry? Telemetry { get; init; }
}
