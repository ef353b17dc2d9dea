namespace PortGen.Transport;

/// <summary>Where a web host finds the leases of its endpoints.</summary>
/// <param name="find">Gives the lease of a port name; <see langword="null"/> where it is not held.</param>
/// <param name="isStarted">Completes when the application has started; <see langword="null"/> where that needs no waiting.</param>
/// <param name="ending">Cancelled when the application around the web host is told to stop.</param>
internal sealed class LeaseSource(Func<string, PortLease?> find, Func<CancellationToken, Task>? isStarted = null, CancellationToken ending = default)
{
    private readonly TaskCompletionSource _isPublished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The ports that the host's Kestrel was told to listen on, in that order.</summary>
    public List<string> Wanted { get; } = [];

    /// <summary>Whether the application around the web host was told to stop.</summary>
    public bool IsEnding => ending.IsCancellationRequested;

    /// <summary>Whether Kestrel has bound all its endpoints.</summary>
    public bool IsPublished => _isPublished.Task.IsCompleted;

    /// <summary>Kestrel has bound all its endpoints, and shows their addresses: what it answers may depend on them (UseHttpsRedirection).</summary>
    public void Publish() => _isPublished.TrySetResult();

    /// <summary>Waits until connections may be accepted. Clients wait in the queue until then.</summary>
    public async Task WaitUntilOpenAsync(CancellationToken cancellationToken)
    {
        await _isPublished.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (isStarted is not null)
        {
            await isStarted(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The lease of a port; <see langword="null"/> where it is not held.</summary>
    public PortLease? TryFind(string name) => find(name);

    /// <summary>The lease of a port.</summary>
    /// <exception cref="InvalidOperationException">It is not held.</exception>
    public PortLease Find(string name) => find(name)
        ?? throw new InvalidOperationException($"Kestrel is configured to listen on lease '{name}', but no such port is held. Declare it with [PortService], and add the port services before the web host starts");
}
