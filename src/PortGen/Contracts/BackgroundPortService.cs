using System.Diagnostics;

namespace PortGen;

/// <summary>A port service that is one long-running method, as <c>BackgroundService</c> is for hosted services.</summary>
/// <remarks>
/// If <see cref="ExecuteAsync"/> ends before the service is stopped, with an exception or without, the service has failed: a required one ends the
/// application, an optional one is left out and its ports are released. A service that has done its work says so by <see cref="Complete"/>.
/// </remarks>
public abstract class BackgroundPortService : IPortService, IDisposable
{
    private CancellationTokenSource? _stopping;

    /// <summary>The running method; <see langword="null"/> before the first start.</summary>
    public Task? ExecuteTask { get; private set; }

    /// <summary>Serves until <paramref name="stoppingToken"/> is cancelled.</summary>
    /// <param name="lease">The service's port; accept connections by <see cref="PortLease.AcceptAsync"/>.</param>
    /// <param name="stoppingToken">Cancelled when the service stops.</param>
    protected abstract Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken);

    /// <summary>Whether the service has said that it has done its work.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>
    /// Says that the service has done its work. When <see cref="ExecuteAsync"/> returns after that, the service is stopped and its ports are released; the
    /// application continues.
    /// </summary>
    protected void Complete() => IsComplete = true;

    /// <inheritdoc/>
    public virtual Task StartAsync(PortLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        cancellationToken.ThrowIfCancellationRequested();
        _stopping?.Dispose();
        _stopping = new CancellationTokenSource();
        var token = _stopping.Token;

        IsComplete = false;

        // On a thread of its own: code before the first await of ExecuteAsync may block for as long as it likes, and the thread pool has few threads.
        ExecuteTask = Task.Factory.StartNew(
            () =>
            {
                // From here on it is not part of the start: a trace that began with that span would never end.
                Activity.Current = null;
                return ExecuteAsync(lease, token);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default).Unwrap();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public virtual async Task StopAsync(CancellationToken cancellationToken)
    {
        if (ExecuteTask is null || _stopping is null)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);

        // How it ended is the watcher's business, not the stop's.
        await ExecuteTask.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        _stopping?.Cancel();
        _stopping?.Dispose();
        _stopping = null;
        GC.SuppressFinalize(this);
    }
}
