using System.Globalization;
using Microsoft.Extensions.Logging;
using PortGen.Configuration;

namespace PortGen.Services;

/// <summary>One service: starts and stops its instance on the leases that the application holds for it, and tells the registry.</summary>
internal sealed class ServiceRunner(
    PortServiceDefinition definition, IPortService instance, ApplicationPorts ports, PortRegistry registry, ILogger logger, Action<ServiceRunner, Exception?> onEnded)
{
    // Counts starts and stops: how a run ends matters only until it is stopped.
    private int _epoch;

    // A start that was given up and has not ended yet.
    private Task _abandoned = Task.CompletedTask;
    private bool _isAwaited;

    public PortServiceDefinition Definition => definition;

    /// <summary>Whether this is the application's own host, which starts and stops by itself: its ports are served once it accepts, and held until it has stopped.</summary>
    public bool IsHost => definition.IsHost;

    public string Name => definition.Name;

    public bool IsRunning { get; private set; }

    /// <summary>Tells one run of the service from the next.</summary>
    public int Run => Volatile.Read(ref _epoch);

    /// <summary>Whether the application continues without the service, which is optional.</summary>
    public bool IsLeftOut { get; private set; }

    /// <summary>What the service holds, its own port first.</summary>
    public IReadOnlyList<PortLease> Leases => ports.Of(definition);

    /// <summary>The names of its ports, held or not.</summary>
    public IEnumerable<string> Ports => definition.Ports.Select(static p => p.Name);

    /// <summary>Starts the service and waits until it is ready.</summary>
    /// <exception cref="TimeoutException">It was not ready in time.</exception>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public async Task StartAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        using var activity = PortTelemetry.Source.StartActivity("portgen.service")?.AddTag("portgen.service", Name);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(plan.StartTimeout);
        if (IsHost)
        {
            Interlocked.Increment(ref _epoch);
            IsRunning = true;
            return;
        }

        var lease = ports.Find(Name) ?? throw new InvalidOperationException($"The port of service '{Name}' is not held.");
        var epoch = Interlocked.Increment(ref _epoch);
        IsLeftOut = false;
        Task? start = null;
        try
        {
            await _abandoned.WaitAsync(timeout.Token).ConfigureAwait(false);

            // On a thread of its own, so that a start that blocks holds up nobody; waited for no longer than the token lives.
            start = OwnThread.RunAsync(() => instance.StartAsync(lease, timeout.Token));
            await start.WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            var what = _abandoned.IsCompleted ? "it was not ready" : "its earlier start, which was given up, had not ended";
            if (start is not null)
            {
                // Also where it became ready at this very moment.
                _abandoned = EndAbandonedAsync(start, plan);
                _isAwaited = false;
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeLimitException(string.Create(
                CultureInfo.InvariantCulture, $"{what} after {plan.StartTimeout.TotalSeconds} s ({PortSetting.Section}:{PortSetting.StartTimeout.Key})"));
        }

        IsRunning = true;
        foreach (var held in Leases)
        {
            ports.ShowServing(held);
        }

        if (instance is BackgroundPortService { ExecuteTask: { } execution } service)
        {
            _ = WatchAsync(service, execution, epoch);
        }
    }

    /// <summary>Shows the ports that are held as held, but not served.</summary>
    public void ShowStopped() => Each(registry.Stopped);

    /// <summary>Shows the ports that are served as served until the application ends.</summary>
    public void ShowDraining() => Each(registry.Draining);

    /// <summary>The next stop is the last one on all its ports.</summary>
    public void End() => ports.End(Ports);

    /// <summary>From now on, a run that ends is not a failure.</summary>
    public void ExpectEnd() => Interlocked.Increment(ref _epoch);

    /// <summary>Stops the service if it runs, and keeps its leases. One that throws or hangs is left to itself after the timeout.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        if (!IsRunning)
        {
            return;
        }

        ExpectEnd();
        IsRunning = false;
        await StopInstanceAsync(limit).ConfigureAwait(false);
    }

    /// <summary>Waits until a start that was given up has ended, and was stopped where it had become ready after all. One that doesn't end is waited for once.</summary>
    public async Task WaitForAbandonedAsync(TimeSpan limit)
    {
        if (!_isAwaited)
        {
            _isAwaited = true;
            await _abandoned.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Lets go of all ports.</summary>
    public void Release() => Each(ports.Release);

    /// <summary>Lets go of all ports but those that a server of the application's own accepts on: that one stops later, and answers its clients first.</summary>
    public void ReleaseUnserved() => Each(port =>
    {
        if (!IsHost && ports.Find(port) is not { HasTransport: true })
        {
            ports.Release(port);
        }
    });

    /// <summary>Lets go of all ports, to bind them again.</summary>
    public void Free() => Each(ports.Free);

    /// <summary>Shows all ports as failed.</summary>
    public void ShowFailed() => Each(registry.Failed);

    /// <summary>The service has failed, and lets go of all ports.</summary>
    public void Fail()
    {
        ShowFailed();
        Release();
    }

    /// <summary>The application continues without the service.</summary>
    public void LeaveOut(string reason)
    {
        IsLeftOut = true;
        logger.LeftOut(Name, reason);
        Fail();
    }

    private void Each(Action<string> change)
    {
        foreach (var port in Ports)
        {
            change(port);
        }
    }

    // Whatever was started is stopped, however late: nobody else would do it, and two starts must never run side by side on one instance.
    private async Task EndAbandonedAsync(Task start, PortPlan plan)
    {
        if (!start.IsCompleted)
        {
            logger.StartAbandoned(Name);
        }

        await start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (start.IsCompletedSuccessfully)
        {
            await StopInstanceAsync(plan.StopTimeout).ConfigureAwait(false);
        }
    }

    private async Task StopInstanceAsync(TimeSpan limit)
    {
        try
        {
            using var timeout = new CancellationTokenSource(limit);
            await OwnThread.RunAsync(() => instance.StopAsync(timeout.Token)).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.StopFailed(e, Name);
        }
    }

    // How a run ends concerns somebody only where nobody has asked for it.
    private async Task WatchAsync(BackgroundPortService service, Task execution, int epoch)
    {
        await execution.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Volatile.Read(ref _epoch) == epoch)
        {
            onEnded(this, execution.Exception?.InnerException ?? (execution.IsCanceled ? new TaskCanceledException(execution)
                : service.IsComplete ? null
                : new InvalidOperationException("ExecuteAsync returned although nobody had asked the service to stop (a service that has completed its work calls Complete)")));
        }
    }
}
