using PortGen.Configuration;

namespace PortGen.Services;

/// <summary>Starts services in waves and stops them in reverse. If a start fails, it stops what had started.</summary>
internal sealed class ServiceSequencer(IReadOnlyDictionary<string, ServiceRunner> runners)
{
    private static readonly TimeSpan s_timeToGiveUp = TimeSpan.FromMilliseconds(500);

    /// <summary>Starts every wave in turn.</summary>
    /// <exception cref="PortServiceStartException">Required services failed. What had started is stopped again, and its ports are released.</exception>
    /// <exception cref="OperationCanceledException">The start was given up. What had started is stopped again, and its ports are released.</exception>
    public async Task StartAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var wave in plan.Manifest.Waves)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var activity = PortTelemetry.Source.StartActivity("portgen.wave")?.AddTag("portgen.services", string.Join(',', wave));
                await StartWaveAsync(plan, [.. wave.Select(n => runners[n]).Where(r => CanStart(r, plan))], cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await StopAsync(plan, static r => r.Release()).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops what runs, the last wave first. A service that throws or hangs holds nobody else up.</summary>
    /// <param name="plan">Has the waves, and how long a stop may take.</param>
    /// <param name="release">Lets go of a service's ports once it has stopped; <see langword="null"/> where it starts again on them.</param>
    public async Task StopAsync(PortPlan plan, Action<ServiceRunner>? release)
    {
        foreach (var runner in runners.Values)
        {
            runner.ExpectEnd();
        }

        // A start that was given up may become ready just then, and is stopped in its place; one that ignores its token is not waited for.
        await Task.WhenAll(runners.Values.Select(static r => r.WaitForAbandonedAsync(s_timeToGiveUp))).ConfigureAwait(false);
        foreach (var wave in plan.Manifest.Waves.Reverse())
        {
            await Task.WhenAll(wave.Select(n => runners[n]).Where(r => r.IsRunning && !(r.IsHost && release is null)).Select(StopAsync)).ConfigureAwait(false);
        }

        async Task StopAsync(ServiceRunner runner)
        {
            if (release is not null)
            {
                runner.End();
            }

            await runner.StopAsync(plan.StopTimeout).ConfigureAwait(false);
            release?.Invoke(runner);
        }
    }

    // An optional service without its port is left out, and with it those that need it.
    private bool CanStart(ServiceRunner runner, PortPlan plan)
    {
        if (runner.IsHost)
        {
            return true;
        }

        var reason = runner.Definition.DependsOn.FirstOrDefault(d => runners[d].IsLeftOut) is { } missing
            ? $"it needs {missing}, which is left out"
            : plan.PortsOf(runner.Name).FirstOrDefault(p => p.NeededByService && runner.Leases.All(l => l.Name != p.Name)) is { } port ? $"it has no port '{port.Name}'" : null;
        if (reason is not null)
        {
            runner.LeaveOut(reason);
        }

        return reason is null;
    }

    private async Task StartWaveAsync(PortPlan plan, IReadOnlyList<ServiceRunner> services, CancellationToken cancellationToken)
    {
        using var wave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var failures = await Task.WhenAll(services.Select(s => StartOneAsync(plan, s, wave))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var causes = services.Zip(failures).Where(static o => o.Second is not null).Select(static o => (o.First.Name, o.Second!)).ToList();
        if (causes.Count > 0)
        {
            throw new PortServiceStartException(causes);
        }
    }

    // Why the service failed; null if it did not, or if only another's failure or the caller ended its start.
    private async Task<Exception?> StartOneAsync(PortPlan plan, ServiceRunner service, CancellationTokenSource wave)
    {
        try
        {
            await service.StartAsync(plan, wave.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (wave.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            if (!plan.Ports.First(p => p.Name == service.Name).Required)
            {
                service.LeaveOut(e.Message);
                return null;
            }

            service.ShowFailed();

            // What another service does on its cancellation is not the reason to tell.
            await wave.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return e;
        }
    }
}
