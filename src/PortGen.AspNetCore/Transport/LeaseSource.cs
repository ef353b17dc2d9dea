namespace PortGen.Transport;

/// <summary>Where a web host finds the leases of its endpoints.</summary>
/// <param name="find">Gives the lease of a port name; <see langword="null"/> where it is not held.</param>
internal sealed class LeaseSource(Func<string, PortLease?> find)
{
    /// <summary>The ports that the host's Kestrel was told to listen on.</summary>
    public HashSet<string> Wanted { get; } = new(StringComparer.Ordinal);

    /// <summary>The lease of a port.</summary>
    /// <exception cref="InvalidOperationException">It is not held.</exception>
    public PortLease Find(string name) => find(name)
        ?? throw new InvalidOperationException($"Kestrel shall listen on the lease '{name}', but no port of that name is held: is it declared, and do the port services start before the web host?");
}
