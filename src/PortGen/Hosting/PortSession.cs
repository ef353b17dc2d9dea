using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Binding;
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
    InstanceDirectory instances,
    ILoggerFactory loggerFactory) : IHostedLifecycleService, IAsyncDisposable, IDisposable
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private readonly SemaphoreSlim _closing = new(1, 1);
    private PortPlan? _plan;
    private InstanceFile? _instance;
    private IReadOnlyDictionary<string, PortLease> _leases = new Dictionary<string, PortLease>();
    private ServiceSequencer? _sequencer;

    /// <summary>The service that failed after its start, and so ended the application; <see langword="null"/> if none did.</summary>
    public PortServiceStartException? Failure { get; private set; }

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
        }));
        foreach (var warning in _plan.Warnings)
        {
            _logger.ConfigurationWarning(warning);
        }

        try
        {
            if (_plan.ForceRestart)
            {
                await new EarlierInstances(instances, ProcessTable.System, _logger).EndAsync(_plan, cancellationToken).ConfigureAwait(false);
            }

            _leases = await PortBinder.BindAsync(_plan, registry, _logger, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new StartAbandonedException(cancellationToken);
        }

        _instance = instances.Register(HeldPorts());
    }

    /// <summary>Creates every service, then starts them wave by wave.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var resolved = Resolve();
            _sequencer = new ServiceSequencer(_plan!, _leases, resolved, registry, _logger, OnServiceFailed);

            // The container disposes in reverse order of creation: after the services, the guard is the first to go and stops them.
            services.GetRequiredService<PortGuard>().Protect(this);
            await _sequencer.StartAsync(cancellationToken).ConfigureAwait(false);
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
        foreach (var port in registry.Ports)
        {
            registry.Update(port.Name, static s => s.State == PortState.Serving ? s with { State = PortState.Draining } : s);
        }

        if (_plan is { } plan && plan.DrainDelay > TimeSpan.Zero && _sequencer is not null && Failure is null)
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
            if (_sequencer is not null)
            {
                await _sequencer.StopAsync().ConfigureAwait(false);
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

            _instance?.Remove();
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

    /// <summary>Brings the instance file up to date after a service has moved to another port.</summary>
    internal void UpdateInstance() => _instance?.Update(HeldPorts());

    private List<int> HeldPorts() => [.. _leases.Values.Where(static l => !l.IsReleased).Select(static l => l.Port)];

    private Dictionary<string, IPortService> Resolve()
    {
        var resolved = new Dictionary<string, IPortService>(StringComparer.Ordinal);
        foreach (var name in manifest.Waves.SelectMany(static w => w))
        {
            try
            {
                resolved.Add(name, manifest.Services.First(s => s.Name == name).Resolve(services));
            }
            catch (Exception e)
            {
                registry.UpdateService(name, static s => s with { State = PortState.Failed });
                throw new PortServiceStartException([(name, e)]);
            }
        }

        return resolved;
    }

    private void OnServiceFailed(string name, Exception reason)
    {
        _logger.ServiceFailed(reason, name);
        Failure ??= new PortServiceStartException([(name, reason)]);
        lifetime.StopApplication();
    }

    /// <summary>The application was told to stop while it started. The host logs it as an error; it is none, so there is no stack trace.</summary>
    private sealed class StartAbandonedException(CancellationToken cancellationToken)
        : OperationCanceledException("The application was told to stop before it had started; everything was rolled back.", cancellationToken)
    {
        public override string? StackTrace => null;
    }
}
