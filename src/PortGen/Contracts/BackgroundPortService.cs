using System.Diagnostics;

namespace PortGen;

/// <summary>A port service that is one long-running method, as <c>BackgroundService</c> is for hosted services.</summary>
/// <remarks>An exception that ends <see cref="ExecuteAsync"/> makes the service failed and ends the application.</remarks>
public abstract class BackgroundPortService : IPortService, IDisposable
{
    private CancellationTokenSource? _stopping;

    /// <summary>The running method; <see langword="null"/> before the first start.</summary>
    public Task? ExecuteTask { get; private set; }

    /// <summary>Serves until <paramref name="stoppingToken"/> is cancelled.</summary>
    /// <param name="lease">The service's port; accept connections by <see cref="PortLease.AcceptAsync"/>.</param>
    /// <param name="stoppingToken">Cancelled when the service stops.</param>
    protected abstract Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken);

    /// <inheritdoc/>
    public virtual Task StartAsync(PortLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        cancellationToken.ThrowIfCancellationRequested();
        _stopping?.Dispose();
        _stopping = new CancellationTokenSource();
        var token = _stopping.Token;

        // On the thread pool: code before the first await of ExecuteAsync must not hold up the other services.
        ExecuteTask = Task.Run(
            () =>
            {
                // What it does from now on is no part of the start: the span that begins a trace there would never end it.
                Activity.Current = null;
                return ExecuteAsync(lease, token);
            },
            CancellationToken.None);
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
