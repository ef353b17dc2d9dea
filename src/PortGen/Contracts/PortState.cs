namespace PortGen;

/// <summary>The states of a port.</summary>
public enum PortState
{
    /// <summary>Not bound yet.</summary>
    Pending,

    /// <summary>It listens; its service has not started yet.</summary>
    Bound,

    /// <summary>Its service runs.</summary>
    Serving,

    /// <summary>Its service still serves, but the application is about to stop.</summary>
    Draining,

    /// <summary>No port was available, or its service failed.</summary>
    Failed,

    /// <summary>Its service has stopped and the port is free.</summary>
    Released,
}
