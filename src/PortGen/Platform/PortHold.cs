namespace PortGen.Platform;

/// <summary>In what way a port number is taken.</summary>
internal enum PortHold
{
    /// <summary>A socket listens on it.</summary>
    Listener,

    /// <summary>A connection uses it, mostly an outgoing one.</summary>
    Connection,

    /// <summary>A connection that its process has closed lingers in the system, in TIME_WAIT for a minute.</summary>
    ClosedConnection,

    /// <summary>The system's tables don't have it: a socket is bound to it and doesn't listen, or isn't visible from here.</summary>
    Unlisted,
}
