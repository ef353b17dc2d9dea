using Microsoft.Extensions.Logging;
using PortGen.Configuration;

namespace PortGen.Startup;

/// <summary>Starts services in waves and stops them in reverse. If a start fails, it stops what had started.</summary>
internal sealed class ServiceSequencer(
    PortPlan plan,
    IReadOnlyDictionary<string, PortLease> leases,
    IReadOnlyDictionary<string, IPortService> instances,
    PortRegistry registry,
    ILogger logger,
    Action<string, Exception> onFailed)
{
    private readonly Dictionary<string, PortServiceDefinition> _services = plan.Manifest.Services.ToDictionary(static s => s.Name, StringComparer.Ordinal);
    private readonly HashSet<string> _started = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Starts every wave in turn.</summary>
    /// <exception cref="PortServiceStartException">Required services failed. What had started is stopped again.</exception>
    /// <exception cref="OperationCanceledException">The start was given up. What had started is stopped again.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var wave in plan.Manifest.Waves)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await StartWaveAsync([.. wave.Where(CanStart)], cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await StopAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops what runs, the last wave first. A service that throws or hangs holds nobody else up.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var wave in plan.Manifest.Waves.Reverse())
        {
            List<string> running;
            lock (_started)
            {
                running = [.. wave.Where(_started.Remove)];
            }

            await Task.WhenAll(running.Select(StopOneAsync)).ConfigureAwait(false);
        }
    }

    // An optional service without its port is left out, and with it those that need it.
    private bool CanStart(string name)
    {
        var service = _services[name];
        var reason = service.DependsOn.FirstOrDefault(_leftOut.Contains) is { } missing
            ? $"it needs {missing}, which is left out"
            : PortsOf(name).FirstOrDefault(p => p.NeededByService && !leases.ContainsKey(p.Name)) is { } port ? $"it has no port '{port.Name}'" : null;
        if (reason is null)
        {
            return true;
        }

        LeaveOut(name, reason);
        return false;
    }

    private IEnumerable<PlannedPort> PortsOf(string service) => plan.Ports.Where(p => p.Definition.Service == service);

    private void LeaveOut(string name, string reason)
    {
        lock (_leftOut)
        {
            _leftOut.Add(name);
        }

        logger.LeftOut(name, reason);
        Release(name, PortState.Failed);
    }

    private async Task StartWaveAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        using var wave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var failures = await Task.WhenAll(names.Select(name => StartOneAsync(name, wave))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var causes = names.Zip(failures).Where(static o => o.Second is not null).Select(static o => (o.First, o.Second!)).ToList();
        if (causes.Count > 0)
        {
            throw new PortServiceStartException(causes);
        }
    }

    // Why the service failed; null if it did not, or if only another's failure or the caller ended its start.
    private async Task<Exception?> StartOneAsync(string name, CancellationTokenSource wave)
    {
        try
        {
            await StartServiceAsync(name, wave.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (wave.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            registry.UpdateService(name, static s => s with { State = PortState.Failed });
            if (!plan.Ports.First(p => p.Name == name).Required)
            {
                LeaveOut(name, e.Message);
                return null;
            }

            logger.StartFailed(e, name);
            await wave.CancelAsync().ConfigureAwait(false);
            return e;
        }
    }

    private async Task StartServiceAsync(string name, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(plan.StartTimeout);
        var (instance, lease) = (instances[name], leases[name]);
        try
        {
            // On the thread pool, so that a start that blocks holds up nobody; waited for no longer than the token lives.
            await Task.Run(() => instance.StartAsync(lease, timeout.Token), timeout.Token).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"it was not ready after {plan.StartTimeout.TotalSeconds} s ({PortSetting.Section}:{PortSetting.StartTimeout.Key})");
        }

        lock (_started)
        {
            _started.Add(name);
        }

        registry.UpdateService(name, static s => s.Port is null ? s : s with { State = PortState.Serving });
        foreach (var port in PortsOf(name).Where(p => leases.ContainsKey(p.Name)))
        {
            LogServing(port, leases[port.Name]);
        }

        if (instance is BackgroundPortService { ExecuteTask: { } execution })
        {
            _ = WatchAsync(name, execution);
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

    private async Task WatchAsync(string name, Task execution)
    {
        try
        {
            await execution.ConfigureAwait(false);
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            registry.UpdateService(name, static s => s with { State = PortState.Failed });
            onFailed(name, e);
        }
        catch (Exception)
        {
            // It ends because it was told to.
        }
    }

    private async Task StopOneAsync(string name)
    {
        try
        {
            using var timeout = new CancellationTokenSource(plan.StopTimeout);
            await Task.Run(() => instances[name].StopAsync(timeout.Token), CancellationToken.None).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.StopFailed(e, name);
        }

        Release(name, PortState.Released);
    }

    private void Release(string name, PortState state)
    {
        foreach (var port in _services[name].Ports)
        {
            if (leases.GetValueOrDefault(port.Name) is { IsReleased: false } lease)
            {
                lease.Release();
                logger.Released(port.Name, lease.Port);
            }

            registry.Update(port.Name, s => s with { State = state, Port = null, AllocatedAt = null });
        }
    }
}
