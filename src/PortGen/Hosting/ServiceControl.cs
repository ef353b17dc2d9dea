using Microsoft.Extensions.Logging;
using PortGen.Configuration;
using PortGen.Startup;

namespace PortGen.Hosting;

/// <summary>Starts, stops and restarts services while the application runs. One at a time: each sees the outcome of the one before.</summary>
/// <param name="plan">The plan that was bound.</param>
/// <param name="runners">The services by name, each with its leases.</param>
/// <param name="replan">Reads the configuration anew.</param>
/// <param name="bind">Binds some ports of a plan, none of which gets one of the given numbers.</param>
/// <param name="onHeld">Is told the numbers that are held after each change.</param>
/// <param name="registry">The ledger.</param>
/// <param name="logger">The log.</param>
internal sealed class ServiceControl(
    PortPlan plan,
    IReadOnlyDictionary<string, ServiceRunner> runners,
    Func<PortPlan> replan,
    ServiceControl.Bind bind,
    Func<IReadOnlyList<int>, Task> onHeld,
    PortRegistry registry,
    ILogger logger)
{
    private readonly ServiceTurns _turns = new();
    private readonly ServiceSequencer _sequencer = new(runners, registry, logger);
    private PortPlan _plan = plan;

    public delegate Task<IReadOnlyDictionary<string, PortLease>> Bind(
        PortPlan plan, IReadOnlyList<PlannedPort> ports, IReadOnlySet<int> taken, CancellationToken cancellationToken);

    /// <summary>Every number that is held.</summary>
    public IReadOnlyList<int> HeldPorts => [.. runners.Values.SelectMany(static r => r.Leases.Values).Select(static l => l.Port)];

    /// <summary>The lease of a port; <see langword="null"/> where it is not held.</summary>
    public PortLease? FindLease(string port) => runners.Values.Select(r => r.Leases.GetValueOrDefault(port)).FirstOrDefault(static l => l is not null);

    /// <summary>Starts every service in the order of the plan. It is the first to be called, once; the others wait for it.</summary>
    public Task StartAllAsync(CancellationToken cancellationToken) => _turns.FirstAsync(token => TellAsync(_sequencer.StartAsync(_plan, token)), cancellationToken);

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
                runner.End(runner.Leases.Keys);
                await runner.StopAsync(_plan.StopTimeout).ConfigureAwait(false);
                runner.Release(PortState.Released);
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
        foreach (var runner in runners.Values.Where(static r => r.IsRunning))
        {
            runner.ShowDraining();
            runner.End(runner.Leases.Keys);
        }

        return Task.CompletedTask;
    });

    /// <summary>Stops everything for good. What is under way is given up first.</summary>
    public Task CloseAsync() => _turns.LastAsync(async () =>
    {
        await _sequencer.StopAsync(_plan, release: true).ConfigureAwait(false);
        foreach (var runner in runners.Values.Where(static r => r.Leases.Count > 0))
        {
            runner.Release(PortState.Released);
        }
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
            await onHeld(HeldPorts).ConfigureAwait(false);
        }
    }

    private ServiceRunner Runner(string name) => runners.GetValueOrDefault(name)
        ?? throw new KeyNotFoundException($"No service is named '{name}'; the services are {string.Join(", ", runners.Keys)}.");

    // Of this service the configuration as it is now; of the others as they run.
    private PortPlan Replan(string name)
    {
        var now = replan();
        return now with { Ports = [.. now.Ports.Select(p => p.Definition.Service == name ? p : _plan.Ports.First(o => o.Name == p.Name))] };
    }

    private void Adopt(PortPlan plan)
    {
        _plan = plan;
        foreach (var port in plan.Ports)
        {
            registry.Update(port.Name, s => s with { RequestedPort = port.Preferred, Host = port.Host, ExternalPort = port.ExternalPort, HealthPath = port.HealthPath });
        }
    }

    private async Task StartAnewAsync(ServiceRunner runner, CancellationToken cancellationToken)
    {
        Adopt(Replan(runner.Name));
        await BindAnewAsync(runner, cancellationToken).ConfigureAwait(false);
        await StartOnLeasesAsync(runner, cancellationToken).ConfigureAwait(false);
    }

    private async Task RestartAsync(ServiceRunner runner, CancellationToken cancellationToken)
    {
        var (plan, before, statuses) = (Replan(runner.Name), _plan, registry.Ports);
        var moved = plan.PortsOf(runner.Name).Where(p => HasMoved(p, runner))
            .Select(p => p with { Required = p.NeededByService || runner.Leases.ContainsKey(p.Name) }).ToList();

        // A number can't be bound on a second host, or for a second port, while the first has it: then the service stops first, otherwise not
        // before the new port is held.
        var isInPlace = moved.Exists(p => runner.Leases.Values.Any(l => l.Name == p.Name ? l.Host != p.Host : l.Port == p.Preferred));
        Adopt(plan);
        IReadOnlyList<PortLease> leases = [];
        try
        {
            leases = isInPlace ? [] : await BindAsync(moved, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // It goes on as before.
            _plan = before;
            foreach (var status in statuses.Where(s => s.Service == runner.Name))
            {
                registry.Update(status.Name, _ => status);
            }

            throw;
        }

        runner.End(isInPlace ? runner.Leases.Keys : moved.Select(static p => p.Name));
        await runner.StopAsync(_plan.StopTimeout).ConfigureAwait(false);
        if (isInPlace)
        {
            await BindAnewAsync(runner, cancellationToken).ConfigureAwait(false);
        }

        runner.Hold(leases);
        runner.ShowBound();
        await StartOnLeasesAsync(runner, cancellationToken).ConfigureAwait(false);
    }

    private async Task RestartEveryoneAsync(CancellationToken cancellationToken)
    {
        var plan = replan();
        var moved = runners.Values.ToDictionary(static r => r, r => plan.PortsOf(r.Name).Where(p => HasMoved(p, r)).Select(static p => p.Name).ToList());
        foreach (var (runner, ports) in moved)
        {
            runner.End(ports);
        }

        await _sequencer.StopAsync(_plan, release: false).ConfigureAwait(false);
        foreach (var (runner, ports) in moved)
        {
            runner.Release(ports);
            runner.ShowBound();
        }

        Adopt(plan);
        try
        {
            var leases = await BindAsync([.. plan.Ports.Where(p => !runners[p.Definition.Service].Leases.ContainsKey(p.Name))], cancellationToken).ConfigureAwait(false);
            foreach (var runner in runners.Values)
            {
                runner.Hold(leases.Where(l => runner.Definition.Ports.Any(p => p.Name == l.Name)));
            }

            await _sequencer.StartAsync(plan, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var runner in runners.Values)
            {
                runner.Release(PortState.Released);
            }

            throw;
        }
    }

    // The service doesn't run: where it gets no port, it has failed.
    private async Task BindAnewAsync(ServiceRunner runner, CancellationToken cancellationToken)
    {
        runner.Release(PortState.Pending);
        try
        {
            runner.Hold(await BindAsync([.. _plan.PortsOf(runner.Name).Select(static p => p with { Required = p.NeededByService })], cancellationToken)
                .ConfigureAwait(false));
        }
        catch (Exception e)
        {
            runner.Release(e is OperationCanceledException ? PortState.Released : PortState.Failed);
            throw;
        }
    }

    private bool HasMoved(PlannedPort port, ServiceRunner runner)
    {
        if (!runner.Leases.TryGetValue(port.Name, out var lease))
        {
            return true;
        }

        // On a fallback it stays there as long as nobody configures another port.
        var isElsewhere = port.Preferred != 0 && port.Preferred != lease.Port && port.Preferred != _plan.Ports.First(p => p.Name == port.Name).Preferred;
        return isElsewhere || port.Host != lease.Host || port.Allowed?.Contains(lease.Port) == false;
    }

    private async Task<IReadOnlyList<PortLease>> BindAsync(IReadOnlyList<PlannedPort> ports, CancellationToken cancellationToken) =>
        ports.Count == 0 ? [] : [.. (await bind(_plan, ports, HeldPorts.ToHashSet(), cancellationToken).ConfigureAwait(false)).Values];

    private async Task StartOnLeasesAsync(ServiceRunner runner, CancellationToken cancellationToken)
    {
        try
        {
            await runner.StartAsync(_plan, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            runner.Release(PortState.Released);
            throw;
        }
        catch (Exception e)
        {
            runner.Release(PortState.Failed);
            logger.StartFailed(e, runner.Name);
            throw new PortServiceStartException([(runner.Name, e)]);
        }
    }
}
