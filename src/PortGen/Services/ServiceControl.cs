using Microsoft.Extensions.Logging;
using PortGen.Configuration;

namespace PortGen.Services;

/// <summary>Starts, stops and restarts services while the application runs. One at a time: each sees the outcome of the one before.</summary>
internal sealed class ServiceControl
{
    private readonly ApplicationPorts _ports;
    private readonly PortRegistry _registry;
    private readonly ServiceFailure _failure;
    private readonly ILogger _logger;
    private readonly ServiceTurns _turns = new();
    private readonly Dictionary<string, ServiceRunner> _runners = new(StringComparer.Ordinal);
    private readonly ServiceSequencer _sequencer;

    public ServiceControl(ApplicationPorts ports, PortRegistry registry, ServiceFailure failure, ILoggerFactory loggerFactory)
    {
        _ports = ports;
        _registry = registry;
        _failure = failure;
        _logger = loggerFactory.CreateLogger("PortGen");
        _sequencer = new ServiceSequencer(_runners, registry, _logger);
    }

    /// <summary>Whether the services have been created, and so can be started and stopped.</summary>
    public bool HasServices { get; private set; }

    /// <summary>Creates every service, in the order of the waves. The ports are held by then.</summary>
    /// <exception cref="PortServiceStartException">One can't be created.</exception>
    public void CreateServices(IServiceProvider services)
    {
        var manifest = _ports.Plan.Manifest;
        foreach (var definition in manifest.Waves.SelectMany(static w => w).Select(name => manifest.Services.First(s => s.Name == name)))
        {
            try
            {
                _runners.Add(definition.Name, new ServiceRunner(definition, definition.Resolve(services), _ports, _registry, _failure, _logger));
            }
            catch (Exception e)
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
    public Task StartAllAsync(CancellationToken cancellationToken) => _turns.FirstAsync(token => TellAsync(_sequencer.StartAsync(_ports.Plan, token)), cancellationToken);

    /// <summary>Starts a service that doesn't run, on ports bound for it by the present configuration.</summary>
    public Task StartAsync(string name, CancellationToken cancellationToken) => InTurnAsync(
        token => Runner(name).IsRunning ? Task.CompletedTask : StartAnewAsync(Runner(name), token), cancellationToken);

    /// <summary>Stops a service and releases its ports.</summary>
    public Task StopAsync(string name, CancellationToken cancellationToken) => InTurnAsync(
        async _ =>
        {
            var runner = Runner(name);
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
        token => Runner(name).IsRunning ? RestartAsync(Runner(name), token) : StartAnewAsync(Runner(name), token), cancellationToken);

    /// <summary>Stops every service in reverse order and starts all again; the ports that the configuration has not moved go on queueing clients.</summary>
    public Task RestartAllAsync(CancellationToken cancellationToken) => InTurnAsync(RestartEveryoneAsync, cancellationToken);

    /// <summary>Announces the end: what is under way is given up, nothing is started any more, and what runs is shown as draining.</summary>
    public Task DrainAsync() => _turns.LastAsync(() =>
    {
        foreach (var runner in _runners.Values.Where(static r => r.IsRunning))
        {
            runner.ShowDraining();
            runner.End();
        }

        return Task.CompletedTask;
    });

    /// <summary>Stops everything for good. What is under way is given up first.</summary>
    public Task CloseAsync() => _turns.LastAsync(async () =>
    {
        await _sequencer.StopAsync(_ports.Plan, release: true).ConfigureAwait(false);
        await _ports.CloseAsync().ConfigureAwait(false);
    });

    private Task InTurnAsync(Func<CancellationToken, Task> operation, CancellationToken cancellationToken) =>
        _turns.NextAsync(token => TellAsync(operation(token)), cancellationToken);

    private async Task TellAsync(Task operation)
    {
        try
        {
            await operation.ConfigureAwait(false);
        }
        finally
        {
            await _ports.PublishAsync().ConfigureAwait(false);
        }
    }

    private ServiceRunner Runner(string name) => _runners.GetValueOrDefault(name)
        ?? throw new KeyNotFoundException($"No service is named '{name}'; the services are {string.Join(", ", _runners.Keys)}.");

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
        // before the new port is held. Until then nothing is shown: if it fails, the service goes on as before.
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
        var moved = plan.Ports.Where(HasMoved).ToList();
        _ports.End(moved.Select(static p => p.Name));
        await _sequencer.StopAsync(before, release: false).ConfigureAwait(false);
        moved.ForEach(p => _ports.Free(p.Name));
        foreach (var runner in _runners.Values)
        {
            runner.ShowStopped();
        }

        _ports.Adopt(plan);
        try
        {
            await _ports.BindAsync(plan, moved, cancellationToken).ConfigureAwait(false);
            await _sequencer.StartAsync(plan, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var runner in _runners.Values)
            {
                runner.Release();
            }

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
