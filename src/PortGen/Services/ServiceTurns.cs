namespace PortGen.Services;

/// <summary>Lets operations on the services come one after the other: first the start of the application, last its end.</summary>
internal sealed class ServiceTurns
{
    // Closed until the first has had its turn.
    private readonly SemaphoreSlim _gate = new(0, 1);
    private readonly CancellationTokenSource _ending = new();

    /// <summary>The first operation, once; the others wait for it.</summary>
    public async Task FirstAsync(Func<CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        try
        {
            await operation(either.Token).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>An operation in between. The end gives it up, whether it waits or is under way.</summary>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task NextAsync(Func<CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token))
        {
            await _gate.WaitAsync(either.Token).ConfigureAwait(false);
        }

        await FirstAsync(operation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>An operation that belongs to the end: from now on nothing else begins.</summary>
    public async Task LastAsync(Func<Task> operation)
    {
        // A service may have put a callback on the token that throws; the others must be stopped all the same.
        await _ending.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await operation().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
