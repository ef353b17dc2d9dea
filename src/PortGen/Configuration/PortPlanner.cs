using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace PortGen.Configuration;

/// <summary>Makes the plan: decides between the manifest and what the configuration says, and applies the rules to the outcome.</summary>
internal sealed class PortPlanner
{
    private static readonly TimeSpan s_bindTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_developmentBindTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_restartTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_developmentRestartTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_handOverTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_containerDrainDelay = TimeSpan.FromSeconds(5);

    private readonly PortManifest _manifest;
    private readonly string? _host;
    private readonly bool _isDevelopment;
    private readonly PortServicesOptions _options;
    private readonly IReadOnlyList<ConfigurationLevel> _levels;
    private readonly PlanFindings _findings = new();
    private readonly SettingKeys _keys;
    private readonly SettingReader _settings;
    private readonly ConfiguredValue? _container;

    private PortPlanner(PortManifest manifest, IConfiguration configuration, bool isDevelopment, PortServicesOptions? options)
    {
        _manifest = manifest;
        _host = manifest.Services.FirstOrDefault(static s => s.IsHost)?.Name;
        _isDevelopment = isDevelopment;
        _options = options ?? new PortServicesOptions();
        _levels = ConfigurationLevel.Of(configuration);
        _keys = new SettingKeys(configuration, _levels, _findings);
        _settings = new SettingReader(_levels, _findings);
        _container = _settings.FindContainer();
    }

    /// <summary>The plan of <paramref name="manifest"/> under <paramref name="configuration"/>, and below that under <paramref name="options"/>.</summary>
    /// <exception cref="PortConfigurationException">Rules are broken; it has them all.</exception>
    public static PortPlan Plan(PortManifest manifest, IConfiguration configuration, IHostEnvironment environment, PortServicesOptions? options = null) =>
        new PortPlanner(manifest, configuration, environment.IsDevelopment(), options).Plan();

    /// <summary>How long the drain and the stops of all waves may take. What can't be read counts as not configured: the plan reports it.</summary>
    public static TimeSpan ShutdownTime(PortManifest manifest, IConfiguration configuration, IHostEnvironment environment, PortServicesOptions? options = null)
    {
        var planner = new PortPlanner(manifest, configuration, environment.IsDevelopment(), options);
        return planner.DrainDelay() + (manifest.Waves.Count * planner.StopTimeout());
    }

    private PortPlan Plan()
    {
        // What the code says can't be cured here, and anything else would only be about what it leaves out.
        if (_manifest.Problems.Count > 0)
        {
            throw new PortConfigurationException([.. _manifest.Problems.Select(static p => $"{p} (from {default(ValueSource)})")]);
        }

        IReadOnlyList<string> names = [.. _manifest.Ports.Select(static p => p.Name)];
        _keys.Check(names);
        VariableSlips.Warn(_levels, names, _findings);
        var generic = GenericPortOwner();
        var drafts = _manifest.Ports.Select(p => Draft(p, p == generic)).ToList();
        var ports = drafts.Zip(_manifest.Ports, ToPlanned).ToList();
        var plan = new PortPlan
        {
            Manifest = _manifest,
            Ports = [.. ports.Select(p => WithService(p, ports))],
            BindTimeout = Duration(PortSetting.BindTimeout, _options.BindTimeout ?? (_isDevelopment ? s_developmentBindTimeout : s_bindTimeout)),
            StartTimeout = Duration(PortSetting.StartTimeout, _options.StartTimeout ?? s_startTimeout),
            StopTimeout = StopTimeout(),
            DrainDelay = DrainDelay(),
            Application = Text(PortSetting.Application, _options.Application),
            ForceRestart = Flag(PortSetting.ForceRestart, _options.ForceRestart),
            RestartTimeout = Duration(PortSetting.RestartTimeout, _options.RestartTimeout ?? (_isDevelopment ? s_developmentRestartTimeout : s_restartTimeout)),
            TakeOver = Flag(PortSetting.TakeOver, _options.TakeOver),
            HandOverTimeout = Duration(PortSetting.HandOverTimeout, _options.HandOverTimeout ?? s_handOverTimeout),
            FreePorts = Flag(PortSetting.FreePorts, _options.FreePorts),
            ReadyFile = Text(PortSetting.ReadyFile, _options.ReadyFile),
            Warnings = _findings.Warnings,
            Notes = _findings.Notes,
        };

        // The rules see the outcome of all levels; a message says where the value at fault came from.
        foreach (var (problem, source) in PortDraft.Check(drafts))
        {
            _findings.Add(problem.Rule, problem.Message, source);
        }

        return _findings.Errors.Count == 0 ? plan : throw new PortConfigurationException(_findings.Errors);
    }

    private PortDefinition? GenericPortOwner()
    {
        if (_manifest.Services.Count == 1)
        {
            return _manifest.Services[0].Ports[0];
        }

        var primary = _manifest.Ports.FirstOrDefault(static p => p.Primary);
        if (primary is null && _settings.HasGenericPort())
        {
            _findings.Warn("Environment variable PORT is ignored: there are several services and none is marked Primary");
        }

        return primary;
    }

    private PortDraft<ConfiguredValue> Draft(PortDefinition definition, bool ownsGenericPort)
    {
        var draft = new PortDraft<ConfiguredValue>
        {
            Name = definition.Name,
            Service = definition.Service,
            Port = Choose(PortSetting.Port, _settings.FindPort(definition, ownsGenericPort), definition.Port),
            Range = _settings.FindRange(definition) is { } range ? new(range.Text, range, range.Rank) : new(definition.InvalidRange ?? definition.Range?.ToString()),
            Host = _settings.FindHost(definition) is null ? definition.Host : null,
            DevelopmentPort = Choose(PortSetting.DevelopmentPort, _settings.Find(definition, PortSetting.DevelopmentPort), definition.DevelopmentPort ?? 0),
        };
        draft.HealthPath = _settings.Find(definition, PortSetting.HealthPath) is { } path ? _settings.ReadText(PortSetting.HealthPath, path) : definition.HealthPath;
        draft.Decide(_isDevelopment);
        if (_container is not null && !_isDevelopment)
        {
            draft.Pin();
        }

        return draft;
    }

    private Chosen<int, ConfiguredValue> Choose(PortSetting setting, ConfiguredValue? configured, int declared) =>
        _settings.ReadPort(setting, configured) is { } port ? new(port, configured, configured!.Rank) : new(declared);

    private PlannedPort ToPlanned(PortDraft<ConfiguredValue> draft, PortDefinition definition)
    {
        var configured = _settings.Find(definition, PortSetting.Required);
        var required = configured is null ? definition.Required : _settings.ReadBoolean(configured);
        var isOfHost = definition.Service == _host;
        if (isOfHost && !required && definition.Name == definition.Service)
        {
            _findings.Add(PortRule.HostService, PortRule.HostService.Format(definition.Name, "it can't be optional: remove Required"), configured);
        }

        var (host, hostSource) = Host(definition);
        return new PlannedPort
        {
            Definition = definition,
            IsOfHost = isOfHost,
            Port = draft.Port.Value,
            PortSource = new(draft.Port.Source),
            Range = PortRange.TryParse(draft.Range.Value, out var range) ? range
                : PortNumber.IsSelectable(draft.Port.Value) ? new PortRange(draft.Port.Value, draft.Port.Value) : null,
            RangeSource = RangeSource(draft, definition),
            Host = host,
            HostSource = hostSource,
            Required = required,
            NeededByService = required || definition.Name == definition.Service,
            HealthPath = draft.HealthPath,
            ExternalPort = _settings.ReadPort(PortSetting.ExternalPort, _settings.Find(definition, PortSetting.ExternalPort)),
            PublicUrl = _settings.Find(definition, PortSetting.PublicUrl) is { } url ? _settings.ReadText(PortSetting.PublicUrl, url) : null,
        };
    }

    // The port alone is allowed because it was configured so, because a container pins it, or because the attribute has no range.
    private ValueSource RangeSource(PortDraft<ConfiguredValue> draft, PortDefinition definition) => draft switch
    {
        { Range.Value: not null } => new(draft.Range.Source),
        { Port.Source: null } when definition.Range is not null => new(_container),
        _ => new(draft.Port.Source),
    };

    private (string Host, ValueSource Source) Host(PortDefinition definition)
    {
        if (_settings.FindHost(definition) is { } configured)
        {
            return (_settings.IsReadable(PortSetting.Host, configured) ? configured.Text.Trim() : definition.Host, new(configured));
        }

        // The container's own network is the fence; an address that the author chose stays.
        return _container is not null && definition.Host == PortSettingValue.Localhost
            ? (PortSettingValue.AllInterfaces, new(_container))
            : (definition.Host, default);
    }

    private TimeSpan StopTimeout() => Duration(PortSetting.StopTimeout, _options.StopTimeout ?? s_stopTimeout);

    private TimeSpan DrainDelay() => Duration(PortSetting.DrainDelay, _options.DrainDelay ?? (_container is null ? TimeSpan.Zero : s_containerDrainDelay));

    private bool Flag(PortSetting setting, bool fallback) => _settings.Find(setting) is { } value ? _settings.ReadBoolean(value) : fallback;

    // An empty text in a file takes back what the code says.
    private string? Text(PortSetting setting, string? fallback) =>
        (_settings.Find(setting) is { } value ? value.Text : fallback)?.Trim() is { Length: > 0 } text ? text : null;

    private TimeSpan Duration(PortSetting setting, TimeSpan fallback) =>
        _settings.Find(setting) is { } value && _settings.IsReadable(setting, value) && PortSettingValue.TryParseDuration(value.Text, out var duration)
            ? duration
            : fallback;

    // The application can do without a port of a service that it can do without.
    private static PlannedPort WithService(PlannedPort port, List<PlannedPort> ports) =>
        port with { Required = port.Required && ports.First(p => p.Name == port.Definition.Service).Required };
}
