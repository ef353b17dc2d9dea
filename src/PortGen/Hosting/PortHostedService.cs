using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PortGen.Instances;
using PortGen.Platform;
using PortGen.Services;

namespace PortGen.Hosting;

/// <summary>Drives ports and services by the host's lifecycle.</summary>
internal sealed class PortHostedService(
    IServiceProvider services,
    ApplicationPorts ports,
    ServiceControl control,
    ServiceFailure failure,
    HandOver handOver,
    ReadyFile readyFile,
    PortTelemetry telemetry,
    IHostApplicationLifetime lifetime,
    IOptions<HostOptions> hostOptions,
    ILoggerFactory loggerFactory,
    IHostServer? hostServer = null)
    : IHostedLifecycleService, IAsyncDisposable, IDisposable
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private readonly SemaphoreSlim _closing = new(1, 1);
    private long _startedAt;

    /// <summary>Whether every hosted service of the application has started, so that a host whose port services then fail has something to stop.</summary>
    public bool HasApplicationStarted { get; private set; }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>Before any hosted service of the application starts: the plan, and all its ports.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _startedAt = Stopwatch.GetTimestamp();
        ports.MakePlan(hostServer?.Prepare() ?? HostPorts.Held);
        readyFile.Watch();
        try
        {
            await ports.HoldAllAsync(handOver.AnswerAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            if (e is InstanceSupersededException)
            {
                lifetime.StopApplication();
            }

            throw Abandoned(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Once every hosted service of the application has started (migrations, message buses, caches): creates every port service, then starts them wave
    /// by wave. Registration order could not do it: an application adds hosted services before and after.
    /// </summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        HasApplicationStarted = true;
        try
        {
            await control.CreateServicesAsync(services, cancellationToken).ConfigureAwait(false);

            // The container disposes in reverse order of creation: after the services, the guard is the first to go and stops them.
            services.GetRequiredService<PortGuard>().Protect(this);
            await control.StartAllAsync(cancellationToken).ConfigureAwait(false);
            await ports.CommitAsync(cancellationToken).ConfigureAwait(false);
            telemetry.Ready(ports.Elapsed);
        }
        catch (Exception e)
        {
            await CloseAsync().ConfigureAwait(false);
            if (e is OperationCanceledException)
            {
                throw failure.First ?? Abandoned(cancellationToken);
            }

            throw;
        }
    }

    /// <summary>Before any hosted service of the application stops: while everything still serves, announces the end and gives clients time to notice; then stops the port services.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!control.HasServices)
        {
            return;
        }

        await control.DrainAsync().ConfigureAwait(false);

        // A host that is stopped a second time has nothing left that clients could go away from.
        var delay = ports.Plan.DrainDelay;
        if (handOver.IsCommitted)
        {
            await handOver.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        else if (delay > TimeSpan.Zero && failure.First is null && ports.HeldNumbers.Count > 0)
        {
            await DrainAsync(delay, cancellationToken).ConfigureAwait(false);
        }

        await control.StopAllAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the application's own servers have stopped: releases the ports that one of them served.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => CloseAsync();

    /// <summary>Stops what runs and releases every port. It may be called any number of times, and side by side.</summary>
    public async Task CloseAsync()
    {
        await _closing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (control.HasServices)
            {
                await control.StopAllAsync().ConfigureAwait(false);
            }

            await ports.CloseAsync().ConfigureAwait(false);
            handOver.End();
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

    // A second Ctrl+C means it: whoever sits at the terminal doesn't want to wait for clients. A repeated SIGTERM is just impatience of a script.
    private async Task DrainAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupts = StopSignals.OnInterrupt(end.Cancel);
        _logger.Draining(delay.TotalSeconds);
        await Task.Delay(delay, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // The host's own clock began a little earlier, and whose token was cancelled it doesn't say.
    private Exception Abandoned(CancellationToken cancellationToken) =>
        hostOptions.Value.StartupTimeout is var limit && limit != Timeout.InfiniteTimeSpan && !lifetime.ApplicationStopping.IsCancellationRequested && Elapsed >= limit * 0.9
            ? new TimeLimitException(string.Create(CultureInfo.InvariantCulture, $"The application had not started after {limit.TotalSeconds} s (HostOptions.StartupTimeout); everything was rolled back."))
            : new StartAbandonedException(cancellationToken);
}
