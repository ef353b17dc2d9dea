namespace PortGen.Status;

/// <summary>How many ports are in which state. One that a host with another server doesn't hold doesn't count.</summary>
internal readonly struct PortSummary
{
    /// <summary>Counts them.</summary>
    public PortSummary(IReadOnlyList<PortStatus> ports)
    {
        foreach (var port in ports)
        {
            if (!port.IsExpected)
            {
                continue;
            }

            Count++;
            _ = port.State switch
            {
                PortState.Serving => Serving++,
                PortState.Failed => Failed++,
                PortState.Draining => Draining++,
                PortState.Released => Released++,
                _ => Starting++,
            };
            Fallbacks += port.IsFallback ? 1 : 0;
        }
    }

    public int Count { get; }

    public int Serving { get; }

    public int Failed { get; }

    public int Draining { get; }

    public int Released { get; }

    /// <summary>Pending, or held and not served yet.</summary>
    public int Starting { get; }

    public int Fallbacks { get; }

    /// <summary>All together, see <see cref="PortStatusDocument.Status"/>.</summary>
    public string Status =>
        Draining > 0 ? "stopping"
        : Starting > 0 ? "starting"
        : Serving == Count ? "ok"
        : Serving > 0 ? "degraded"
        : "failed";
}
