using System.Globalization;
using Microsoft.Extensions.Logging;
using PortGen.Configuration;
using PortGen.Instances;

namespace PortGen.Services;

/// <summary>Starts, stops and restarts services while the application runs. One at a time: each sees the outcome of the one before.</summary>
internal sealed class ServiceControl
{
    private readonly ApplicationPorts _ports;
    private readonly PortRegistry _registry;
    private readonly ServiceFailure _failure;
    private readonly ILogger _logger;
    private readonly ServingWatch _watch;
    private readonly ServiceTurns _turns = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, ServiceRunner> _runners = new(StringComparer.Ordinal);
    private readonly ServiceSequencer _sequencer;

    public ServiceControl(ApplicationPorts ports, PortRegistry registry, ServiceFailure failure, ServingWatch watch, ILoggerFactory loggerFactory)
    {
        _ports = ports;
        _watch = watch;
        _registry = registry;
        _failure = failure;
        _logger = loggerFactory.CreateLogger("PortGen");
        _sequencer = new ServiceSequencer(_runners);
    }

    /// <summary>Completes once every service has started.</summary>
    public Task Started => _started.Task;

    /// <summary>Whether the services have been created, and so can be started and stopped.</summary>
    public bool HasServices { get; private set; }

    /// <summary>Creates every service, in the order of the waves. The ports are held by then.</summary>
    /// <exception cref="PortServiceStartException">One can't be created, or not in time: constructors have the limit of a start.</exception>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public async Task CreateServicesAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var manifest = _ports.Plan.Manifest;
        foreach (var definition in manifest.Waves.SelectMany(static w => w).Select(name => manifest.Services.First(s => s.Name == name)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var instance = await CreateAsync(definition, services, cancellationToken).ConfigureAwait(false);
                _runners.Add(definition.Name, new ServiceRunner(definition, instance, _ports, _registry, _logger, OnEnded));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                foreach (var port in definition.Ports)
                {
                    _registry.Failed(port.Name);
                }

                throw new PortServiceStartException([(definition.Name, e)]);
            }
        }

        HasServices = true;
    }

    /// <summary>Starts every service in the order of the plan. It is the first to be called, once; the others wait for it.</summary>
    public async Task StartAllAsync(CancellationToken cancellationToken)
    {
        await _turns.FirstAsync(token => TellAsync(_sequencer.StartAsync(_ports.Plan, token)), cancellationToken).ConfigureAwait(false);
        _started.TrySetResult();
        _watch.Open();
        await _ports.PublishAsync(InstanceRecord.Running).ConfigureAwait(false);
    }

    /// <summary>Starts a service that doesn't run, on ports bound for it by the present configuration.</summary>
    public Task StartAsync(string name, CancellationToken cancellationToken) => InTurnAsync(
        token => Guest(name).IsRunning ? Task.CompletedTask : StartAnewAsync(Guest(name), token), cancellationToken);

    /// <summary>Stops a service and releases its ports.</summary>
    public Task StopAsync(string name, CancellationToken cancellationToken) => InTurnAsync(
        async _ =>
        {
            var runner = Guest(name);
            if (runner.IsRunning)
            {
                runner.End();
                await runner.StopAsync(_ports.Plan.StopTimeout).ConfigureAwait(false);
                runner.Release();
            }
        },
        cancellationToken);

    /// <summary>Stops and starts a service; its ports go on queueing clients, unless the configuration has moved them.</summary>
    public Task RestartAsync(string name, CancellationToken cancellationToken) => InTurnAsync(
        token => Guest(name).IsRunning ? RestartAsync(Guest(name), token) : StartAnewAsync(Guest(name), token), cancellationToken);

    /// <summary>Stops every service in reverse order and starts all again; the ports that the configuration has not moved go on queueing clients.</summary>
    public Task RestartAllAsync(CancellationToken cancellationToken) => InTurnAsync(RestartEveryoneAsync, cancellationToken);

    /// <summary>Keeps every other operation waiting while something is done. The end gives it up by the token, and waits for it.</summary>
    public Task HoldAsync(Func<CancellationToken, Task> operation) => _turns.NextAsync(operation, CancellationToken.None);

    /// <summary>A service that ran has failed. A required one ends the application; an optional one is left out.</summary>
    public void Fail(string service, Exception reason) => OnEnded(Runner(service), reason);

    /// <summary>Announces the end: what is under way is given up, nothing is started any more, and what runs is shown as draining.</summary>
    public Task DrainAsync() => _turns.LastAsync(() =>
    {
        foreach (var runner in _runners.Values.Where(static r => r.IsRunning))
        {
            runner.ShowDraining();
            runner.End();
        }

        return _ports.PublishAsync(InstanceRecord.Stopping);
    });

    /// <summary>Stops every service for good, and releases its ports. What is under way is given up first.</summary>
    public Task StopAllAsync() => _turns.LastAsync(() => _sequencer.StopAsync(_ports.Plan, static r => r.ReleaseUnserved()));

    // On a thread of its own, because a constructor may block for as long as it likes.
    private async Task<IPortService> CreateAsync(PortServiceDefinition definition, IServiceProvider services, CancellationToken cancellationToken)
    {
        var limit = _ports.Plan.StartTimeout;
        try
        {
            return await OwnThread.RunAsync(() => definition.Resolve(services)).WaitAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeLimitException(string.Create(
                CultureInfo.InvariantCulture, $"its constructor had not returned after {limit.TotalSeconds} s ({PortSetting.Section}:{PortSetting.StartTimeout.Key})"));
        }
    }

    // Without a reason the service has done its work.
    private void OnEnded(ServiceRunner runner, Exception? reason)
    {
        if (reason is not null && _ports.Plan.Ports.First(p => p.Name == runner.Name).Required)
        {
            _failure.Report(runner.Name, reason);
            return;
        }

        if (reason is null)
        {
            _logger.ServiceCompleted(runner.Name);
        }
        else
        {
            _logger.OptionalServiceFailed(reason, runner.Name);
            runner.ShowFailed();
        }

        _ = EndAsync(runner, reason);
    }

    private async Task EndAsync(ServiceRunner runner, Exception? reason)
    {
        var run = runner.Run;
        await InTurnAsync(
            async _ =>
            {
                if (runner.Run != run)
                {
                    // Somebody has started it again meanwhile.
                    return;
                }

                runner.End();
                await runner.StopAsync(_ports.Plan.StopTimeout).ConfigureAwait(false);
                if (reason is null)
                {
                    runner.Release();
                }
                else
                {
                    runner.LeaveOut($"{PortRule.ServiceFailed.Id}: {PortRule.ServiceFailed.Format(runner.Name, reason.Message)}");
                }
            },
            CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task InTurnAsync(Func<CancellationToken, Task> operation, CancellationToken cancellationToken) =>
        _turns.NextAsync(token => TellAsync(operation(token)), cancellationToken);

    private async Task TellAsync(Task operation)
    {
        try
        {
            await operation.ConfigureAwait(false);
            _ = _watch.WatchAsync([.. _runners.Values.Where(static r => r.IsRunning).Select(static r => (r, r.Run))]);
        }
        finally
        {
            await _ports.PublishAsync().ConfigureAwait(false);
        }
    }

    private ServiceRunner Runner(string name) => _runners.GetValueOrDefault(name)
        ?? throw new KeyNotFoundException($"No service is named '{name}'; the services are {string.Join(", ", _runners.Keys)}.");

    // One that can be started and stopped.
    private ServiceRunner Guest(string name) => Runner(name) is { IsHost: false } runner ? runner : throw new InvalidOperationException(
        $"'{name}' is the application's own host: it can't be started, stopped or restarted alone. Stop the application, IHostApplicationLifetime.StopApplication.");

    // Of this service the configuration as it is now; of the others as they run.
    private PortPlan Replan(string name)
    {
        var (before, now) = (_ports.Plan, _ports.Replan());
        return now with { Ports = [.. now.Ports.Select(p => p.Definition.Service == name ? p : before.Ports.First(o => o.Name == p.Name))] };
    }

    private async Task StartAnewAsync(ServiceRunner runner, CancellationToken cancellationToken)
    {
        _ports.Adopt(Replan(runner.Name));
        await BindAnewAsync(runner, cancellationToken).ConfigureAwait(false);
        await StartOnLeasesAsync(runner, cancellationToken).ConfigureAwait(false);
    }

    private async Task RestartAsync(ServiceRunner runner, CancellationToken cancellationToken)
    {
        var plan = Replan(runner.Name);
        var moved = plan.PortsOf(runner.Name).Where(HasMoved).Select(p => p with { Required = p.NeededByService || _ports.Find(p.Name) is not null }).ToList();

        // A number can't be bound on a second host, or for a second port, while the first has it: then the service stops first, otherwise not
        // before the new port is held. Until then nothing is shown: if it fails, the service continues as before.
        var isInPlace = moved.Exists(p => runner.Leases.Any(l => l.Name == p.Name ? l.Host != p.Host : l.Port == p.Port));
        var leases = isInPlace ? [] : await _ports.OpenAsync(plan, moved, cancellationToken).ConfigureAwait(false);
        _ports.Adopt(plan);
        _ports.End(isInPlace ? runner.Ports : moved.Select(static p => p.Name));
        await runner.StopAsync(plan.StopTimeout).ConfigureAwait(false);
        if (isInPlace)
        {
            await BindAnewAsync(runner, cancellationToken).ConfigureAwait(false);
        }

        runner.ShowStopped();
        _ports.Replace(leases);
        await StartOnLeasesAsync(runner, cancellationToken).ConfigureAwait(false);
    }

    private async Task RestartEveryoneAsync(CancellationToken cancellationToken)
    {
        var (before, plan) = (_ports.Plan, _ports.Replan());
        var guests = _runners.Values.Where(static r => !r.IsHost).ToList();
        var moved = plan.Ports.Where(p => !p.IsOfHost && HasMoved(p)).ToList();
        _ports.End(moved.Select(static p => p.Name));
        await _sequencer.StopAsync(before, release: null).ConfigureAwait(false);
        moved.ForEach(p => _ports.Free(p.Name));
        guests.ForEach(static r => r.ShowStopped());

        _ports.Adopt(plan);
        try
        {
            await _ports.BindAsync(plan, moved, cancellationToken).ConfigureAwait(false);
            await _sequencer.StartAsync(plan, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            guests.ForEach(static r => r.Release());
            throw;
        }
    }

    // The service doesn't run: where it gets no port, it has failed.
    private async Task BindAnewAsync(ServiceRunner runner, CancellationToken cancellationToken)
    {
        runner.Free();
        try
        {
            var plan = _ports.Plan;
            await _ports.BindAsync(plan, [.. plan.PortsOf(runner.Name).Select(static p => p with { Required = p.NeededByService })], cancellationToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            runner.Release();
            throw;
        }
        catch
        {
            runner.Fail();
            throw;
        }
    }

    // Not held counts as moved. On a fallback a port stays there as long as nobody configures another.
    private bool HasMoved(PlannedPort port)
    {
        if (_ports.Find(port.Name) is not { } lease)
        {
            return true;
        }

        var isElsewhere = port.Port != 0 && port.Port != lease.Port && port.Port != _ports.Plan.Ports.First(p => p.Name == port.Name).Port;
        return isElsewhere || port.Host != lease.Host || port.Range?.Contains(lease.Port) == false;
    }

    private async Task StartOnLeasesAsync(ServiceRunner runner, CancellationToken cancellationToken)
    {
        try
        {
            await runner.StartAsync(_ports.Plan, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            runner.Release();
            throw;
        }
        catch (Exception e)
        {
            runner.Fail();
            _logger.StartFailed(e, runner.Name);
            throw new PortServiceStartException([(runner.Name, e)]);
        }
    }
}
