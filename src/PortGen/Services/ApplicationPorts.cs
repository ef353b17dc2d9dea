using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PortGen.Binding;
using PortGen.Binding.Conflicts;
using PortGen.Configuration;
using PortGen.Instances;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Platform.Unix;

namespace PortGen.Services;

/// <summary>What the application holds: the plan in force, the leases of its ports, and the instance file that tells of them.</summary>
internal sealed class ApplicationPorts(
    PlanSource plans, PortRegistry registry, PortTelemetry telemetry, InstanceDirectory instances, ILeaseOwner owner, ILoggerFactory loggerFactory)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private readonly Stopwatch _clock = new();

    // By port name. Operations come one after the other; a transport may look a lease up meanwhile.
    private readonly ConcurrentDictionary<string, PortLease> _leases = new(StringComparer.Ordinal);

    // Given to somebody before their ports are bound.
    private readonly ConcurrentDictionary<string, PortLease> _promised = new(StringComparer.Ordinal);
    private Task<InstanceFile?> _instance = Task.FromResult<InstanceFile?>(null);
    private Predecessor? _predecessor;
    private IReadOnlyList<PortLease> _adopted = [];
    private InstanceDirectory _instances = instances;
    private PortPlan? _plan;
    private HostPorts _hostPorts;

    /// <summary>The plan in force.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public PortPlan Plan => _plan ?? throw new InvalidOperationException("The ports are planned when the host starts.");

    /// <summary>Answers other processes that ask this one by its control socket; <see langword="null"/> for nobody.</summary>
    public Func<string, DescriptorChannel, Task>? Answer { get; set; }

    /// <summary>Which application this is, see <see cref="ApplicationIdentity.Id"/>.</summary>
    public string ApplicationId => _instances.Application.Id;

    /// <summary>The time since it was begun to hold ports.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Every number that is held.</summary>
    public IReadOnlyList<int> HeldNumbers => [.. _leases.Values.Select(static l => l.Port)];

    /// <summary>Every lease that is held.</summary>
    public IEnumerable<PortLease> All => _leases.Values;

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
        _plan = plans.Plan().For(hostPorts);
        var waves = WavesOf(_plan.Manifest);
        var web = _plan.Manifest.Services.Where(static s => s.IsWebApplication).Select(static s => s.Name).ToHashSet(StringComparer.Ordinal);
        registry.Open(_plan.Ports.Select(p => new PortStatus
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
    /// <exception cref="PortUnavailableException">No port is available for a required service; nothing is left bound.</exception>
    public async Task HoldAllAsync(CancellationToken cancellationToken)
    {
        _clock.Start();
        _instances = _instances.For(Plan.Application);
        AdoptActivated(Plan);
        await (Plan.TakeOver && DescriptorChannel.IsSupported ? TakeOverAndBindAsync(Plan, cancellationToken)
            : Plan.ForceRestart ? EndEarlierAndBindAsync(Plan, cancellationToken)
            : BindAndRegisterAsync(Plan, cancellationToken)).ConfigureAwait(false);
        telemetry.Bound(_clock.Elapsed);
    }

    /// <summary>Everything has started: where the ports were taken over, they are this application's from now on.</summary>
    /// <exception cref="PortUnavailableException">The predecessor keeps them.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (_predecessor is not { } predecessor)
        {
            return;
        }

        await predecessor.CommitAsync(cancellationToken).ConfigureAwait(false);
        foreach (var lease in _adopted)
        {
            lease.Open();
        }

        _logger.TakenOver(predecessor.Record.ProcessId);
        _ = ForgetPredecessorAsync(predecessor);
    }

    /// <summary>A plan by the configuration as it is now; it is not in force yet.</summary>
    /// <exception cref="PortConfigurationException">The configuration breaks a rule.</exception>
    public PortPlan Replan() => plans.Replan().For(_hostPorts);

    /// <summary>Puts a plan in force.</summary>
    public void Adopt(PortPlan plan)
    {
        _plan = plan;
        foreach (var port in plan.Ports)
        {
            registry.Replan(port.Name, port.Port, port.Range, port.Host, port.ExternalPort, port.HealthPath, port.PublicUrl);
        }
    }

    /// <summary>Binds pending ports of a plan and holds them.</summary>
    /// <exception cref="PortUnavailableException">No port is available for a required one; nothing more is held than before.</exception>
    public async Task BindAsync(PortPlan plan, IEnumerable<PlannedPort> ports, CancellationToken cancellationToken)
    {
        foreach (var lease in await OpenAsync(plan, [.. ports.Where(static p => p.IsHeld)], registry, cancellationToken).ConfigureAwait(false))
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
            registry.Moved(lease.Name, lease.Port, lease.AllocatedAt, lease.BindAttempts, lease.HeldBy);
        }

        Join(Plan.Manifest);
    }

    /// <summary>Shows a port as served.</summary>
    public void ShowServing(PortLease lease)
    {
        if (!registry.Serving(lease.Name))
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
        registry.Released(port);
    }

    /// <summary>Lets go of a port, held or not, to bind it again.</summary>
    public void Free(string port)
    {
        LetGo(port);
        registry.Pending(port);
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

        // After the sockets: the predecessor takes the end of the connection for the end of them.
        Interlocked.Exchange(ref _predecessor, null)?.Dispose();

        (await _instance.ConfigureAwait(false))?.Remove();
    }

    // One start at a time: the next one finds the record of this one, and can end it while its services still start.
    private async Task EndEarlierAndBindAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        using var turn = await new EarlierInstances(_instances, ProcessTable.System, _logger).EndAsync(plan, cancellationToken).ConfigureAwait(false);
        await BindAndRegisterAsync(plan, cancellationToken).ConfigureAwait(false);
        await _instance.ConfigureAwait(false);
    }

    // What the predecessor holds and the plan can use is adopted; the rest is bound as in any start. Its turn is kept until the hand-over is committed or has failed.
    private async Task TakeOverAndBindAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        _predecessor = await Predecessor.AskAsync(_instances, ProcessTable.System, plan, _logger, cancellationToken).ConfigureAwait(false);
        if (_predecessor is null)
        {
            await (plan.ForceRestart ? EndEarlierAndBindAsync(plan, cancellationToken) : BindAndRegisterAsync(plan, cancellationToken)).ConfigureAwait(false);
            return;
        }

        try
        {
            Adopt(plan, _predecessor.Ports);
            await BindAndRegisterAsync(plan, cancellationToken).ConfigureAwait(false);
            await _instance.ConfigureAwait(false);
        }
        catch
        {
            await CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Adopt(PortPlan plan, IReadOnlyList<HandedPort> handed)
    {
        var left = handed.ToList();
        var adopted = new List<PortLease>();
        foreach (var port in plan.Ports.Where(p => Find(p.Name) is null))
        {
            if ((left.Find(h => h.Name == port.Name && h.Fits(port)) ?? left.Find(h => h.Number == port.Port && h.Fits(port))) is not { } match)
            {
                continue;
            }

            left.Remove(match);
            adopted.Add(Hold(port, match, isOpen: false));
        }

        left.ForEach(static h => h.Dispose());
        _adopted = adopted;
        Join(plan.Manifest);
        _logger.PortsTakenOver(string.Join(", ", adopted.Select(static l => l.ToString())), _predecessor!.Record.ProcessId);
    }

    private PortLease Hold(PlannedPort port, HandedPort handed, bool isOpen)
    {
        var lease = _promised.TryRemove(port.Name, out var promised) ? promised : new PortLease(port.Name);
        lease.Hold(handed.Host, new Listener(handed.ToListening(), isShared: true, isOpen));
        lease.DeclaredName = port.DeclaredName;
        _leases[port.Name] = lease;
        registry.Bound(port.Name, lease.Port, lease.AllocatedAt);
        return lease;
    }

    // systemd keeps these sockets: they are never closed for clients, who wait in the queue while the application restarts.
    private void AdoptActivated(PortPlan plan)
    {
        if (plan.FreePorts)
        {
            return;
        }

        var (matches, rest) = ActivatedPorts.Match(plan, ActivationSockets.Take(out var remark));
        if (remark is not null)
        {
            _logger.ActivationRemark(remark);
        }

        foreach (var (port, sockets) in matches)
        {
            _logger.Activated(port.Name, Hold(port, sockets, isOpen: true).ToString());
        }

        foreach (var (name, socket) in rest)
        {
            _logger.ActivationRemark($"Socket '{name}' of LISTEN_FDS, {socket.LocalEndPoint}, fits no port of this application, and is closed");
            socket.Dispose();
        }

        Join(plan.Manifest);
    }

    private async Task ForgetPredecessorAsync(Predecessor predecessor)
    {
        await predecessor.WaitForEndAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var lease in _adopted)
        {
            lease.RemoveHolder();
        }

        if (Interlocked.CompareExchange(ref _predecessor, null, predecessor) == predecessor)
        {
            predecessor.Dispose();
        }
    }

    // The instance file is made beside the binding and the start of the services: it takes as long as either.
    private async Task BindAndRegisterAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        var held = new TaskCompletionSource<IReadOnlyList<int>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _instance = Task.Run(() => _instances.RegisterAsync(held.Task, plan.ForceRestart, DescriptorChannel.IsSupported ? Answer : null), CancellationToken.None);
        try
        {
            await BindAsync(plan, plan.Ports.Where(p => Find(p.Name) is null), cancellationToken).ConfigureAwait(false);
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
            Telemetry = telemetry,
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
            PortLease.Join(Of(service), owner);
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
