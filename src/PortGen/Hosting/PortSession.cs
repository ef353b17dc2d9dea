using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Binding;
using PortGen.Binding.Conflicts;
using PortGen.Configuration;
using PortGen.Instances;
using PortGen.Startup;

namespace PortGen.Hosting;

/// <summary>The application's ports and services from plan to release, driven by the host's lifecycle.</summary>
internal sealed class PortSession(
    PortManifest manifest,
    IServiceProvider services,
    IConfiguration configuration,
    IHostEnvironment environment,
    IHostApplicationLifetime lifetime,
    PortRegistry registry,
    PortTelemetry telemetry,
    InstanceDirectory instances,
    ILoggerFactory loggerFactory) : IHostedLifecycleService, IAsyncDisposable, IDisposable
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private readonly SemaphoreSlim _closing = new(1, 1);
    private readonly Stopwatch _clock = new();
    private PortPlan? _plan;
    private Task<InstanceFile?> _instance = Task.FromResult<InstanceFile?>(null);
    private IReadOnlyDictionary<string, PortLease> _leases = new Dictionary<string, PortLease>();

    /// <summary>Starts, stops and restarts single services; <see langword="null"/> until the ports are bound and the services created.</summary>
    public ServiceControl? Control { get; private set; }

    /// <summary>The service that failed after its start, and so ended the application; <see langword="null"/> if none did.</summary>
    public PortServiceStartException? Failure { get; private set; }

    /// <summary>The lease of a port; <see langword="null"/> while it is not held.</summary>
    public PortLease? FindLease(string port) => Control is { } control ? control.FindLease(port) : _leases.GetValueOrDefault(port);

    /// <summary>A service that ran has failed: the application ends, and tells of it.</summary>
    public void Fail(string service, Exception reason)
    {
        registry.UpdateService(service, static s => s with { State = PortState.Failed });
        _logger.ServiceFailed(reason, service);
        Failure ??= new PortServiceStartException([(service, reason)]);
        lifetime.StopApplication();
    }

    /// <summary>Before any hosted service of the application starts: the plan, and all its ports.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _plan = PortPlanner.Plan(manifest, configuration, environment);
        registry.Reset(_plan.Ports.Select(static p => new PortStatus
        {
            Name = p.Name,
            Service = p.Definition.Service,
            RequestedPort = p.Preferred,
            Host = p.Host,
            ExternalPort = p.ExternalPort,
            HealthPath = p.HealthPath,
        }));
        LogPlan(_plan);
        _clock.Start();
        try
        {
            if (_plan.ForceRestart)
            {
                await new EarlierInstances(instances, ProcessTable.System, _logger).EndAsync(_plan, cancellationToken).ConfigureAwait(false);
            }

            _leases = await BindAndRegisterAsync(_plan, cancellationToken).ConfigureAwait(false);
            telemetry.Bound(_clock.Elapsed);
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
            var runners = Resolve();

            // The container disposes in reverse order of creation: after the services, the guard is the first to go and stops them.
            services.GetRequiredService<PortGuard>().Protect(this);
            Control = new ServiceControl(_plan!, runners, Replan, BindAsync, UpdateInstanceAsync, registry, _logger);
            await Control.StartAllAsync(cancellationToken).ConfigureAwait(false);
            telemetry.Ready(_clock.Elapsed);
        }
        catch (Exception e)
        {
            await CloseAsync().ConfigureAwait(false);
            if (e is OperationCanceledException)
            {
                throw Failure ?? (Exception)new StartAbandonedException(cancellationToken);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>While everything still serves: announce the end, and give clients time to notice.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (Control is null)
        {
            return;
        }

        await Control.DrainAsync().ConfigureAwait(false);

        // A host that is stopped a second time has nothing left that clients could go away from.
        if (_plan is { } plan && plan.DrainDelay > TimeSpan.Zero && Failure is null && Control.HeldPorts.Count > 0)
        {
            _logger.Draining(plan.DrainDelay.TotalSeconds);
            await Task.Delay(plan.DrainDelay, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            if (Control is not null)
            {
                await Control.CloseAsync().ConfigureAwait(false);
            }

            foreach (var lease in _leases.Values.Where(static l => !l.IsReleased))
            {
                lease.Release();
                registry.Update(lease.Name, static s => s with
                {
                    State = s.State == PortState.Failed ? s.State : PortState.Released,
                    Port = null,
                    AllocatedAt = null,
                });
            }

            (await _instance.ConfigureAwait(false))?.Remove();
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

    private void LogPlan(PortPlan plan)
    {
        foreach (var port in plan.Ports)
        {
            var range = port.Allowed?.ToString() ?? "any";
            _logger.Planned(port.Name, port.Preferred, port.PreferredSource, range, port.AllowedSource, port.Host, port.HostSource);
        }

        foreach (var warning in plan.Warnings)
        {
            _logger.ConfigurationWarning(warning);
        }
    }

    // The instance file is made beside the binding and the start of the services: it takes as long as either.
    private async Task<IReadOnlyDictionary<string, PortLease>> BindAndRegisterAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        var held = new TaskCompletionSource<IReadOnlyList<int>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _instance = Task.Run(() => instances.RegisterAsync(held.Task), CancellationToken.None);
        try
        {
            var leases = await BindAsync(plan, plan.Ports, FrozenSet<int>.Empty, cancellationToken).ConfigureAwait(false);
            held.SetResult([.. leases.Values.Select(static l => l.Port)]);
            return leases;
        }
        finally
        {
            held.TrySetResult(null);
        }
    }

    private async Task<IReadOnlyDictionary<string, PortLease>> BindAsync(
        PortPlan plan, IReadOnlyList<PlannedPort> ports, IReadOnlySet<int> taken, CancellationToken cancellationToken)
    {
        using var activity = PortTelemetry.Source.StartActivity("portgen.bind")?.AddTag("portgen.ports", ports.Count);
        var lookup = new PortHolderLookup(processId => instances.FindByProcess(processId) is not null);
        var options = new BindOptions { Ports = ports, Taken = taken, Lookup = lookup, Telemetry = telemetry };
        return await PortBinder.BindAsync(plan, registry, _logger, cancellationToken, options).ConfigureAwait(false);
    }

    private async Task UpdateInstanceAsync(IReadOnlyList<int> ports) => (await _instance.ConfigureAwait(false))?.Update(ports);

    // Files and variables may have changed since the start.
    private PortPlan Replan()
    {
        try
        {
            (configuration as IConfigurationRoot)?.Reload();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw PortConfigurationException.Unreadable(e);
        }

        var plan = PortPlanner.Plan(manifest, configuration, environment);
        LogPlan(plan);
        return plan;
    }

    private Dictionary<string, ServiceRunner> Resolve()
    {
        var runners = new Dictionary<string, ServiceRunner>(StringComparer.Ordinal);
        foreach (var name in manifest.Waves.SelectMany(static w => w))
        {
            var definition = manifest.Services.First(s => s.Name == name);
            try
            {
                var instance = definition.Resolve(services);
                (instance as IHostAware)?.Attach(services);
                runners.Add(name, new ServiceRunner(definition, instance, registry, _logger, Fail));
            }
            catch (Exception e)
            {
                registry.UpdateService(name, static s => s with { State = PortState.Failed });
                throw new PortServiceStartException([(name, e)]);
            }

            runners[name].Hold(definition.Ports.Select(p => _leases.GetValueOrDefault(p.Name)).OfType<PortLease>());
        }

        return runners;
    }

    /// <summary>The application was told to stop while it started. The host logs it as an error; it is none, so there is no stack trace.</summary>
    private sealed class StartAbandonedException(CancellationToken cancellationToken)
        : OperationCanceledException("The application was told to stop before it had started; everything was rolled back.", cancellationToken)
    {
        public override string? StackTrace => null;
    }
}
