namespace PortGen.Tests.Support;

/// <summary>Brings a port of a registry into a state, by the transitions that lead there.</summary>
internal static class PortStates
{
    public static readonly DateTimeOffset Time = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    public static void Bring(this PortRegistry registry, string name, PortState state, int port = 8081)
    {
        if (state != PortState.Pending)
        {
            registry.Bound(name, port, Time);
        }

        if (state is PortState.Serving or PortState.Draining)
        {
            registry.Serving(name);
        }

        switch (state)
        {
            case PortState.Draining:
                registry.Draining(name);
                break;
            case PortState.Failed:
                registry.Failed(name);
                break;
            case PortState.Released:
                registry.Released(name);
                break;
        }

        Assert.Equal(state, registry.GetPort(name).State);
    }
}
