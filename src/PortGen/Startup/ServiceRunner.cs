using Microsoft.Extensions.Logging;
using PortGen.Configuration;

namespace PortGen.Startup;

/// <summary>One service: starts and stops its instance on its leases, and tells the registry.</summary>
internal sealed class ServiceRunner(
    PortServiceDefinition definition, IPortService instance, PortRegistry registry, ILogger logger, Action<string, Exception> onFailed)
{
    private readonly Dictionary<string, PortLease> _leases = new(StringComparer.Ordinal);

    // Counts starts and stops: how a run ends matters only as long as nobody has asked for its end.
    private int _epoch;

    public PortServiceDefinition Definition => definition;

    public string Name => definition.Name;

    public bool IsRunning { get; private set; }

    /// <summary>Whether the application goes on without the service, which is optional.</summary>
    public bool IsLeftOut { get; private set; }

    /// <summary>What the service holds, by port name.</summary>
    public IReadOnlyDictionary<string, PortLease> Leases => _leases;

    /// <summary>Takes leases over, in place of those of the same names, which are released.</summary>
    public void Hold(IEnumerable<PortLease> leases)
    {
        foreach (var lease in leases)
        {
            if (_leases.TryGetValue(lease.Name, out var before))
            {
                LetGo(before);
            }

            _leases[lease.Name] = lease;
        }

        PortLease.Join([.. _leases.Values]);
    }

    /// <summary>Starts the service and waits until it is ready.</summary>
    /// <exception cref="TimeoutException">It was not ready in time.</exception>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public async Task StartAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        using var activity = PortTelemetry.Source.StartActivity("portgen.service")?.AddTag("portgen.service", Name);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(plan.StartTimeout);
        var lease = _leases[Name];
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
        ShowServing();
        foreach (var port in plan.Ports.Where(p => _leases.ContainsKey(p.Name)))
        {
            LogServing(port, _leases[port.Name]);
        }

        if (instance is BackgroundPortService { ExecuteTask: { } execution })
        {
            _ = WatchAsync(execution, epoch);
        }
    }

    /// <summary>Shows the ports that are held as held, but not served.</summary>
    public void ShowBound() => Show(PortState.Bound);

    /// <summary>Shows the ports that are held as served.</summary>
    public void ShowServing() => Show(PortState.Serving);

    /// <summary>Shows the ports that are held as served until the application ends.</summary>
    public void ShowDraining() => registry.UpdateService(Name, static s => s.State == PortState.Serving ? s with { State = PortState.Draining } : s);

    /// <summary>The next stop is the last one on these ports: they are released after it, so that no client may be left waiting on them.</summary>
    public void End(IEnumerable<string> ports)
    {
        foreach (var port in ports)
        {
            _leases.GetValueOrDefault(port)?.End();
        }
    }

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

    /// <summary>Lets go of all ports; the registry shows the state, except that of a service that failed it goes on to show that.</summary>
    public void Release(PortState state)
    {
        foreach (var lease in _leases.Values)
        {
            LetGo(lease);
        }

        _leases.Clear();
        registry.UpdateService(Name, s => s with
        {
            State = state == PortState.Released && s.State == PortState.Failed ? s.State : state,
            Port = null,
            AllocatedAt = null,
        });
    }

    /// <summary>Lets go of some ports, which are bound anew.</summary>
    public void Release(IEnumerable<string> ports)
    {
        foreach (var port in ports)
        {
            if (_leases.Remove(port, out var lease))
            {
                LetGo(lease);
            }

            registry.Update(port, static s => s with { State = PortState.Pending, Port = null, AllocatedAt = null });
        }
    }

    /// <summary>The application goes on without the service.</summary>
    public void LeaveOut(string reason)
    {
        IsLeftOut = true;
        logger.LeftOut(Name, reason);
        Release(PortState.Failed);
    }

    private void LetGo(PortLease lease)
    {
        lease.Release();
        logger.Released(lease.Name, lease.Port);
    }

    private void Show(PortState state)
    {
        foreach (var lease in _leases.Values)
        {
            registry.Update(lease.Name, s => s with { State = state, Port = lease.Port, AllocatedAt = lease.AllocatedAt });
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
            onFailed(Name, e);
        }
        catch (Exception)
        {
            // It ends because it was told to.
        }
    }
}
