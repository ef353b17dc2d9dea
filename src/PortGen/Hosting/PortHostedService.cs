using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Services;

namespace PortGen.Hosting;

/// <summary>Drives ports and services by the host's lifecycle.</summary>
internal sealed class PortHostedService(
    IServiceProvider services, ApplicationPorts ports, ServiceControl control, ServiceFailure failure, PortTelemetry telemetry, ILoggerFactory loggerFactory)
    : IHostedLifecycleService, IAsyncDisposable, IDisposable
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private readonly SemaphoreSlim _closing = new(1, 1);

    /// <summary>Before any hosted service of the application starts: the plan, and all its ports.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ports.HoldAllAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new StartAbandonedException(cancellationToken);
        }
    }

    /// <summary>Creates every service, then starts them wave by wave.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            control.CreateServices(services);

            // The container disposes in reverse order of creation: after the services, the guard is the first to go and stops them.
            services.GetRequiredService<PortGuard>().Protect(this);
            await control.StartAllAsync(cancellationToken).ConfigureAwait(false);
            telemetry.Ready(ports.Elapsed);
        }
        catch (Exception e)
        {
            await CloseAsync().ConfigureAwait(false);
            if (e is OperationCanceledException)
            {
                throw failure.First ?? (Exception)new StartAbandonedException(cancellationToken);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>While everything still serves: announce the end, and give clients time to notice.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!control.HasServices)
        {
            return;
        }

        await control.DrainAsync().ConfigureAwait(false);

        // A host that is stopped a second time has nothing left that clients could go away from.
        var delay = ports.Plan.DrainDelay;
        if (delay > TimeSpan.Zero && failure.First is null && ports.HeldNumbers.Count > 0)
        {
            _logger.Draining(delay.TotalSeconds);
            await Task.Delay(delay, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => CloseAsync();

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops what runs and releases every port. It may be called any number of times, and side by side.</summary>
    public async Task CloseAsync()
    {
        await _closing.WaitAsync().ConfigureAwait(false);
        try
        {
            await (control.HasServices ? control.CloseAsync() : ports.CloseAsync()).ConfigureAwait(false);
        }
        finally
        {
            _closing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose() => Task.Run(CloseAsync).GetAwaiter().GetResult();

    /// <summary>The application was told to stop while it started. The host logs it as an error; it is none, so there is no stack trace.</summary>
    private sealed class StartAbandonedException(CancellationToken cancellationToken)
        : OperationCanceledException("The application was told to stop before it had started; everything was rolled back.", cancellationToken)
    {
        public override string? StackTrace => null;
    }
}
