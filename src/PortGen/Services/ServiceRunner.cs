using Microsoft.Extensions.Logging;
using PortGen.Configuration;

namespace PortGen.Services;

/// <summary>One service: starts and stops its instance on the leases that the application holds for it, and tells the registry.</summary>
internal sealed class ServiceRunner(
    PortServiceDefinition definition, IPortService instance, ApplicationPorts ports, PortRegistry registry, ServiceFailure failure, ILogger logger)
{
    // Counts starts and stops: how a run ends matters only as long as nobody has asked for its end.
    private int _epoch;

    public PortServiceDefinition Definition => definition;

    public string Name => definition.Name;

    public bool IsRunning { get; private set; }

    /// <summary>Whether the application goes on without the service, which is optional.</summary>
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
        var lease = ports.Find(Name) ?? throw new InvalidOperationException($"The port of service '{Name}' is not held.");
        var epoch = Interlocked.Increment(ref _epoch);
        IsLeftOut = false;
        try
        {
            // On the thread pool, so that a start that blocks holds up nobody; waited for no longer than the token lives.
            await Task.Run(() => instance.StartAsync(lease, timeout.Token), timeout.Token).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"it was not ready after {plan.StartTimeout.TotalSeconds} s ({PortSetting.Section}:{PortSetting.StartTimeout.Key})");
        }

        IsRunning = true;
        foreach (var held in Leases)
        {
            registry.Serving(held.Name);
            LogServing(plan.Ports.First(p => p.Name == held.Name), held);
        }

        if (instance is BackgroundPortService { ExecuteTask: { } execution })
        {
            _ = WatchAsync(execution, epoch);
        }
    }

    /// <summary>Shows the ports that are held as held, but not served.</summary>
    public void ShowStopped() => Each(registry.Stopped);

    /// <summary>Shows the ports that are served as served until the application ends.</summary>
    public void ShowDraining() => Each(registry.Draining);

    /// <summary>The next stop is the last one on all its ports.</summary>
    public void End() => ports.End(Ports);

    /// <summary>From now on, a run that ends is no failure.</summary>
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
        try
        {
            using var timeout = new CancellationTokenSource(limit);
            await Task.Run(() => instance.StopAsync(timeout.Token), CancellationToken.None).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.StopFailed(e, Name);
        }
    }

    /// <summary>Lets go of all ports.</summary>
    public void Release() => Each(ports.Release);

    /// <summary>Lets go of all ports, to bind them again.</summary>
    public void Free() => Each(ports.Free);

    /// <summary>The service has failed, and lets go of all ports.</summary>
    public void Fail()
    {
        Each(registry.Failed);
        Release();
    }

    /// <summary>The application goes on without the service.</summary>
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

    private void LogServing(PlannedPort port, PortLease lease)
    {
        if (port.ExternalPort is { } externalPort)
        {
            logger.ServingExternally(port.Name, lease.Port, externalPort);
        }
        else
        {
            logger.Serving(port.Name, lease.Port);
        }
    }

    private async Task WatchAsync(Task execution, int epoch)
    {
        try
        {
            await execution.ConfigureAwait(false);
        }
        catch (Exception e) when (Volatile.Read(ref _epoch) == epoch)
        {
            failure.Report(Name, e);
        }
        catch (Exception)
        {
            // It ends because it was told to.
        }
    }
}
