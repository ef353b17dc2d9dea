namespace PortGen.Transport;

/// <summary>Where a web host finds the leases of its endpoints.</summary>
/// <param name="find">Gives the lease of a port name; <see langword="null"/> where it is not held.</param>
/// <param name="isOpen">Completes when connections may be accepted; clients wait in the queue until then. <see langword="null"/> for at once.</param>
internal sealed class LeaseSource(Func<string, PortLease?> find, Func<CancellationToken, Task>? isOpen = null)
{
    /// <summary>Waits until connections may be accepted.</summary>
    public Task WaitUntilOpenAsync(CancellationToken cancellationToken) => isOpen?.Invoke(cancellationToken) ?? Task.CompletedTask;

    /// <summary>The ports that the host's Kestrel was told to listen on.</summary>
    public HashSet<string> Wanted { get; } = new(StringComparer.Ordinal);

    /// <summary>The lease of a port.</summary>
    /// <exception cref="InvalidOperationException">It is not held.</exception>
    public PortLease Find(string name) => find(name)
        ?? throw new InvalidOperationException($"Kestrel is configured to listen on lease '{name}', but no such port is held. Declare it with [PortService], and add the port services before the web host starts");
}
