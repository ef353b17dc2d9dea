using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PortGen.Binding;
using PortGen.Binding.Conflicts;
using PortGen.Configuration;
using PortGen.Instances;
using PortGen.Platform;
using PortGen.Platform.Unix;

namespace PortGen.Services;

/// <summary>What the application holds: the plan in force, the leases of its ports, and the instance file that tells of them.</summary>
internal sealed class ApplicationPorts
{
    private readonly PlanSource _plans;
    private readonly PortRegistry _registry;
    private readonly PortTelemetry _telemetry;
    private readonly ILeaseOwner _owner;
    private readonly ILogger _logger;
    private readonly AdoptedPorts _adopted;
    private readonly Stopwatch _clock = new();

    // By port name. Operations come one after the other; a transport may look a lease up meanwhile.
    private readonly ConcurrentDictionary<string, PortLease> _leases = new(StringComparer.Ordinal);

    // Given to somebody before their ports are bound.
    private readonly ConcurrentDictionary<string, PortLease> _promised = new(StringComparer.Ordinal);
    private Task<InstanceFile?> _instance = Task.FromResult<InstanceFile?>(null);
    private InstanceDirectory _instances;
    private PortPlan? _plan;
    private HostPorts _hostPorts;

    public ApplicationPorts(PlanSource plans, PortRegistry registry, PortTelemetry telemetry, InstanceDirectory instances, ILeaseOwner owner, ILoggerFactory loggerFactory)
    {
        _plans = plans;
        _registry = registry;
        _telemetry = telemetry;
        _instances = instances;
        _owner = owner;
        _logger = loggerFactory.CreateLogger("PortGen");
        _adopted = new AdoptedPorts(Hold, _logger);
    }

    /// <summary>The plan in force.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public PortPlan Plan => _plan ?? throw new InvalidOperationException("The ports are planned when the host starts.");

    /// <summary>Which application this is, see <see cref="ApplicationIdentity.Id"/>.</summary>
    public string ApplicationId => _instances.Application.Id;

    /// <summary>The time since it was begun to hold ports.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Every number that is held.</summary>
    public IReadOnlyList<int> HeldNumbers => [.. _leases.Values.Select(static l => l.Port)];

    /// <summary>Every lease that is held.</summary>
    public IEnumerable<PortLease> All => _leases.Values;

    private IReadOnlyList<PlannedPort> NotHeld => [.. Plan.Ports.Where(p => Find(p.Name) is null)];

    /// <summary>The lease of a port; <see langword="null"/> where it is not held.</summary>
    public PortLease? Find(string port) => _leases.GetValueOrDefault(port);

    /// <summary>The lease of a port, also before the port is bound.</summary>
    public PortLease Promise(string port) => Find(port) ?? _promised.GetOrAdd(port, static name => new PortLease(name));

    /// <summary>What a service holds, its own port first.</summary>
    public IReadOnlyList<PortLease> Of(PortServiceDefinition service) => [.. service.Ports.Select(p => Find(p.Name)).OfType<PortLease>()];

    /// <summary>Makes the plan, and opens the ledger with it.</summary>
    /// <param name="hostPorts">What becomes of the ports of the application's own host.</param>
    /// <exception cref="PortConfigurationException">The configuration breaks a rule.</exception>
    public void MakePlan(HostPorts hostPorts)
    {
        _hostPorts = hostPorts;
        _plan = _plans.Plan().For(hostPorts);
        var waves = WavesOf(_plan.Manifest);
        var web = _plan.Manifest.Services.Where(static s => s.IsWebApplication).Select(static s => s.Name).ToHashSet(StringComparer.Ordinal);
        _registry.Open(_plan.Ports.Select(p => new PortStatus
        {
            Name = p.Name,
            Service = p.Definition.Service,
            PreferredPort = p.Port,
            Host = p.Host,
            ExternalPort = p.ExternalPort,
            HealthPath = p.HealthPath,
            ConfiguredUrl = p.PublicUrl,
            IsExpected = p.IsHeld,
            Range = p.Range,
            Wave = waves[p.Definition.Service],
            Scheme = web.Contains(p.Name) ? Uri.UriSchemeHttp : null,
        }));
    }

    /// <summary>Holds all ports of the plan.</summary>
    /// <param name="answer">Answers other processes that ask this one by its control socket; <see langword="null"/> where nobody does.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="PortUnavailableException">No port is available for a required service; nothing is left bound.</exception>
    public async Task HoldAllAsync(Func<string, DescriptorChannel, Task>? answer, CancellationToken cancellationToken)
    {
        _clock.Start();
        _instances = _instances.For(Plan.Application);
        _adopted.AdoptActivated(Plan);
        if (Plan.TakeOver && DescriptorChannel.IsSupported && await _adopted.TakeOverAsync(_instances, Plan, NotHeld, cancellationToken).ConfigureAwait(false))
        {
            await BindBesideAsync(Plan, answer, cancellationToken).ConfigureAwait(false);
        }
        else if (Plan.ForceRestart)
        {
            await EndEarlierAndBindAsync(Plan, answer, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await BindAndRegisterAsync(Plan, answer, cancellationToken).ConfigureAwait(false);
        }

        _telemetry.Bound(_clock.Elapsed);
    }

    /// <inheritdoc cref="AdoptedPorts.CommitAsync"/>
    public Task CommitAsync(CancellationToken cancellationToken) => _adopted.CommitAsync(cancellationToken);

    /// <summary>A plan by the configuration as it is now; it is not in force yet.</summary>
    /// <exception cref="PortConfigurationException">The configuration breaks a rule.</exception>
    public PortPlan Replan() => _plans.Replan().For(_hostPorts);

    /// <summary>Puts a plan in force.</summary>
    public void Adopt(PortPlan plan)
    {
        _plan = plan;
        foreach (var port in plan.Ports)
        {
            _registry.Replan(port.Name, port.Port, port.Range, port.Host, port.ExternalPort, port.HealthPath, port.PublicUrl);
        }
    }

    /// <summary>Binds pending ports of a plan and holds them.</summary>
    /// <exception cref="PortUnavailableException">No port is available for a required one; nothing more is held than before.</exception>
    public async Task BindAsync(PortPlan plan, IEnumerable<PlannedPort> ports, CancellationToken cancellationToken)
    {
        foreach (var lease in await OpenAsync(plan, [.. ports.Where(static p => p.IsHeld)], _registry, cancellationToken).ConfigureAwait(false))
        {
            _leases[lease.Name] = lease;
        }

        Join(plan.Manifest);
    }

    /// <summary>Opens ports of a plan beside those that are held. They are shown once they take the place of these, see <see cref="Replace"/>.</summary>
    /// <exception cref="PortUnavailableException">No port is available for a required one.</exception>
    public Task<IReadOnlyList<PortLease>> OpenAsync(PortPlan plan, IReadOnlyList<PlannedPort> ports, CancellationToken cancellationToken) =>
        OpenAsync(plan, ports, null, cancellationToken);

    /// <summary>Holds leases in place of those of the same names, which are released.</summary>
    public void Replace(IReadOnlyList<PortLease> leases)
    {
        foreach (var lease in leases)
        {
            if (_leases.TryGetValue(lease.Name, out var before))
            {
                Close(before);
            }

            _leases[lease.Name] = lease;
            _registry.Moved(lease.Name, lease.Port, lease.AllocatedAt, lease.BindAttempts, lease.HeldBy);
        }

        Join(Plan.Manifest);
    }

    /// <summary>Shows a port as served.</summary>
    public void ShowServing(PortLease lease)
    {
        if (!_registry.Serving(lease.Name))
        {
            return;
        }

        if (Plan.Ports.First(p => p.Name == lease.Name).ExternalPort is { } externalPort)
        {
            _logger.ServingExternally(lease.Name, lease.Port, externalPort);
        }
        else
        {
            _logger.Serving(lease.Name, lease.Port);
        }
    }

    /// <summary>The next stop of their services is the last one on these ports: they are released after it, so that no client may be left waiting on them.</summary>
    public void End(IEnumerable<string> ports)
    {
        foreach (var port in ports)
        {
            Find(port)?.End();
        }
    }

    /// <summary>Lets go of a port, held or not, for good.</summary>
    public void Release(string port)
    {
        LetGo(port);
        _registry.Released(port);
    }

    /// <summary>Lets go of a port, held or not, to bind it again.</summary>
    public void Free(string port)
    {
        LetGo(port);
        _registry.Pending(port);
    }

    /// <summary>Tells other starts of this application which numbers are held now.</summary>
    /// <param name="state">How far the application is, see <see cref="InstanceRecord.State"/>; <see langword="null"/> for as far as before.</param>
    public async Task PublishAsync(string? state = null) => (await _instance.ConfigureAwait(false))?.Update(HeldNumbers, state);

    /// <summary>Lets go of everything. A second call does nothing.</summary>
    public async Task CloseAsync()
    {
        foreach (var port in _leases.Keys)
        {
            Release(port);
        }

        foreach (var lease in _promised.Values)
        {
            lease.Release();
        }

        _adopted.Close();
        (await _instance.ConfigureAwait(false))?.Remove();
    }

    // One start at a time: the next one finds the record of this one, and can end it while its services still start.
    private async Task EndEarlierAndBindAsync(PortPlan plan, Func<string, DescriptorChannel, Task>? answer, CancellationToken cancellationToken)
    {
        using var turn = await new EarlierInstances(_instances, ProcessTable.System, _logger).EndAsync(plan, cancellationToken).ConfigureAwait(false);
        await BindAndRegisterAsync(plan, answer, cancellationToken).ConfigureAwait(false);
        await _instance.ConfigureAwait(false);
    }

    // What a predecessor doesn't have is bound as in any start. A failure ends the hand-over at once, and with it this start's turn.
    private async Task BindBesideAsync(PortPlan plan, Func<string, DescriptorChannel, Task>? answer, CancellationToken cancellationToken)
    {
        try
        {
            await BindAndRegisterAsync(plan, answer, cancellationToken).ConfigureAwait(false);
            await _instance.ConfigureAwait(false);
        }
        catch
        {
            await CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    private PortLease Hold(PlannedPort port, HandedPort handed, bool isOpen)
    {
        var lease = _promised.TryRemove(port.Name, out var promised) ? promised : new PortLease(port.Name);
        lease.Hold(handed.Host, new Listener(handed.ToListening(), isShared: true, isOpen));
        lease.DeclaredName = port.DeclaredName;
        _leases[port.Name] = lease;
        _registry.Bound(port.Name, lease.Port, lease.AllocatedAt);
        return lease;
    }

    // The instance file is made beside the binding and the start of the services: it takes as long as either.
    private async Task BindAndRegisterAsync(PortPlan plan, Func<string, DescriptorChannel, Task>? answer, CancellationToken cancellationToken)
    {
        var held = new TaskCompletionSource<IReadOnlyList<int>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _instance = Task.Run(() => _instances.RegisterAsync(held.Task, plan.ForceRestart, DescriptorChannel.IsSupported ? answer : null), CancellationToken.None);
        try
        {
            await BindAsync(plan, NotHeld, cancellationToken).ConfigureAwait(false);
            held.SetResult(HeldNumbers);
        }
        finally
        {
            held.TrySetResult(null);
        }
    }

    private async Task<IReadOnlyList<PortLease>> OpenAsync(
        PortPlan plan, IReadOnlyList<PlannedPort> ports, PortRegistry? ledger, CancellationToken cancellationToken)
    {
        if (ports.Count == 0)
        {
            return [];
        }

        using var activity = PortTelemetry.Source.StartActivity("portgen.bind")?.AddTag("portgen.ports", ports.Count);
        var options = new BindOptions
        {
            Ports = ports,
            Taken = HeldNumbers.ToFrozenSet(),
            Lookup = new PortHolderLookup(() => [.. _instances.FindRunning().Select(static r => new RunningInstance(r.ProcessId, r.Ports))]),
            Promised = name => _promised.TryRemove(name, out var lease) ? lease : null,
            Telemetry = _telemetry,
        };
        return [.. (await PortBinder.BindAsync(plan, ledger, _logger, cancellationToken, options).ConfigureAwait(false)).Values];
    }

    private static Dictionary<string, int> WavesOf(PortManifest manifest)
    {
        var waves = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var wave = 0; wave < manifest.Waves.Count; wave++)
        {
            foreach (var service in manifest.Waves[wave])
            {
                waves[service] = wave;
            }
        }

        return waves;
    }

    private void Join(PortManifest manifest)
    {
        foreach (var service in manifest.Services)
        {
            PortLease.Join(Of(service), _owner);
        }
    }

    private void LetGo(string port)
    {
        if (_leases.TryRemove(port, out var lease))
        {
            Close(lease);
        }
    }

    private void Close(PortLease lease)
    {
        lease.Release();
        _logger.Released(lease.Name, lease.Port);
    }
}
