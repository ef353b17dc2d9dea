using System.ComponentModel;

namespace PortGen;

/// <summary>The server of the application's own host, as its ports know it. A package that puts a server on leases registers one; other code does not need to.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IHostServer
{
    /// <summary>What keeps clients from being answered although the server accepts, as rule PG3004 says it; <see langword="null"/> for nothing.</summary>
    string? Obstacle { get; }

    /// <summary>Called before any port is bound: prepares the server.</summary>
    /// <returns>What becomes of the host's ports.</returns>
    HostPorts Prepare();
}

/// <summary>What becomes of the ports of the application's own host.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum HostPorts
{
    /// <summary>They are held as declared and configured.</summary>
    Held,

    /// <summary>They are held on numbers that the system chooses, on loopback, and so is every other port: a test wants it so.</summary>
    Free,

    /// <summary>They are not held: the host has a server that listens elsewhere or nowhere, such as that of a test. Every other port is free, as with <see cref="Free"/>.</summary>
    NotHeld,
}
