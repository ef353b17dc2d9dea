using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace PortGen.Configuration;

/// <summary>Makes the plan: reads the configuration over the manifest, level by level, and applies the rules to the outcome.</summary>
internal sealed class PortPlanner
{
    private static readonly TimeSpan s_bindTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_developmentBindTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_restartTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_developmentRestartTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_containerDrainDelay = TimeSpan.FromSeconds(5);

    private readonly PortManifest _manifest;
    private readonly IConfiguration _configuration;
    private readonly IReadOnlyList<ConfigurationLevel> _levels;
    private readonly bool _isDevelopment;
    private readonly bool _isContainer;
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];

    private PortPlanner(PortManifest manifest, IConfiguration configuration, bool isDevelopment)
    {
        _manifest = manifest;
        _configuration = configuration;
        _levels = ConfigurationLevel.Of(configuration);
        _isDevelopment = isDevelopment;
        _isContainer = IsContainer();
    }

    /// <summary>The plan of <paramref name="manifest"/> under <paramref name="configuration"/>.</summary>
    /// <exception cref="PortConfigurationException">Rules are broken; it has them all.</exception>
    public static PortPlan Plan(PortManifest manifest, IConfiguration configuration, IHostEnvironment environment) =>
        new PortPlanner(manifest, configuration, environment.IsDevelopment()).Plan();

    private PortPlan Plan()
    {
        CheckKeys();
        var generic = GenericPortOwner();
        var drafts = _manifest.Ports.Select(p => Draft(p, p == generic)).ToList();
        var ports = drafts.Zip(_manifest.Ports, ToPlanned).ToList();
        var plan = new PortPlan
        {
            Manifest = _manifest,
            Ports = [.. ports.Select(p => WithService(p, ports))],
            BindTimeout = Duration(PortSetting.BindTimeout, _isDevelopment ? s_developmentBindTimeout : s_bindTimeout),
            StartTimeout = Duration(PortSetting.StartTimeout, s_startTimeout),
            StopTimeout = Duration(PortSetting.StopTimeout, s_stopTimeout),
            DrainDelay = Duration(PortSetting.DrainDelay, _isContainer ? s_containerDrainDelay : TimeSpan.Zero),
            ForceRestart = FindGlobal(PortSetting.ForceRestart) is { } forceRestart && ReadBoolean(forceRestart),
            RestartTimeout = _isDevelopment ? s_developmentRestartTimeout : s_restartTimeout,
            Warnings = _warnings,
        };

        ApplyRules(drafts);
        return _errors.Count == 0 ? plan : throw new PortConfigurationException(_errors);
    }

    // PG2002, PG2003: what nobody would read is a typing mistake.
    private void CheckKeys()
    {
        var section = _configuration.GetSection(PortSetting.Section);
        var names = _manifest.Ports.Select(static p => p.Name).ToList();
        foreach (var child in section.GetChildren())
        {
            CheckKey(child, names);
            foreach (var setting in child.GetChildren())
            {
                CheckKey(setting, names);
            }
        }
    }

    private void CheckKey(IConfigurationSection key, List<string> names)
    {
        // An empty object in a file is a key without a value and says nothing.
        var isSection = key.GetChildren().Any();
        if ((isSection || key.Value is not null) && SettingNames.Check(key.Path.Split(':'), isSection, names) is { } mistake)
        {
            Report(mistake.Rule, Source(key.Path), mistake.Argument, mistake.Reason);
        }
    }

    private PortDefinition? GenericPortOwner()
    {
        if (_manifest.Services.Count == 1)
        {
            return _manifest.Services[0].Ports[0];
        }

        var primary = _manifest.Ports.FirstOrDefault(static p => p.Primary);
        if (primary is null && _levels.Any(static l => l.TryGetVariable(PortSetting.GenericPortVariable, out var v) && !IsServiceLink(v.Text)))
        {
            _warnings.Add("Environment variable PORT is ignored: there are several services and none is marked Primary");
        }

        return primary;
    }

    private PortDraft<ConfiguredValue> Draft(PortDefinition definition, bool ownsGenericPort)
    {
        var draft = new PortDraft<ConfiguredValue>
        {
            Name = definition.Name,
            Service = definition.Service,
            Port = Choose(PortSetting.Port, FindPort(definition, ownsGenericPort), definition.Port),
            Range = FindRange(definition) is { } range ? new(range.Text, range, range.Rank) : new(definition.Range?.ToString()),
            DevelopmentPort = Choose(PortSetting.DevelopmentPort, Find(definition, PortSetting.DevelopmentPort), definition.DevelopmentPort ?? 0),
        };
        draft.HealthPath = Find(definition, PortSetting.HealthPath)?.Text ?? definition.HealthPath;
        draft.Decide(_isDevelopment);
        if (_isContainer && !_isDevelopment)
        {
            draft.Pin();
        }

        return draft;
    }

    private Chosen<int, ConfiguredValue> Choose(PortSetting setting, ConfiguredValue? configured, int declared) =>
        ReadPort(setting, configured) is { } port ? new(port, configured, configured!.Rank) : new(declared);

    // {name}'s own key beats its variable, and that beats PORT, within a level; between levels the higher one decides.
    private ConfiguredValue? FindPort(PortDefinition definition, bool ownsGenericPort)
    {
        var variable = PortName.ToVariable(definition.Name) + PortSetting.Port.AliasSuffix;
        foreach (var level in _levels)
        {
            if (level.TryGetKey(Key(definition, PortSetting.Port), out var value)
                || (level.TryGetVariable(variable, out value) && !IsServiceLink(value.Text))
                || (ownsGenericPort && level.TryGetVariable(PortSetting.GenericPortVariable, out value) && !IsServiceLink(value.Text)))
            {
                return value;
            }
        }

        return null;
    }

    private ConfiguredValue? FindRange(PortDefinition definition)
    {
        var stem = PortName.ToVariable(definition.Name);
        foreach (var level in _levels)
        {
            if (level.TryGetKey(Key(definition, PortSetting.Range), out var value)
                || level.TryGetVariable(stem + PortSetting.Range.AliasSuffix, out value))
            {
                return value;
            }

            var hasStart = level.TryGetVariable(stem + PortSetting.RangeStartSuffix, out var start);
            var hasEnd = level.TryGetVariable(stem + PortSetting.RangeEndSuffix, out var end);
            if (hasStart && hasEnd)
            {
                var names = $"environment variables {stem}{PortSetting.RangeStartSuffix} and {PortSetting.RangeEndSuffix[1..]}";
                return new ConfiguredValue($"{start!.Text.Trim()}-{end!.Text.Trim()}", level.Rank, () => names);
            }

            if (hasStart || hasEnd)
            {
                var missing = stem + (hasStart ? PortSetting.RangeEndSuffix : PortSetting.RangeStartSuffix);
                var half = (start ?? end)!;
                Report(PortRule.InvalidSetting, half, $"'{half.Text}' is half a range of port '{definition.Name}': set {missing} too");
            }
        }

        return null;
    }

    private string FindHost(PortDefinition definition)
    {
        var stem = PortName.ToVariable(definition.Name);
        foreach (var level in _levels)
        {
            if (level.TryGetKey(Key(definition, PortSetting.Host), out var value)
                || level.TryGetVariable(stem + PortSetting.Host.AliasSuffix, out value))
            {
                return IsReadable(PortSetting.Host, value) ? value.Text.Trim() : definition.Host;
            }

            if (level.TryGetVariable(PortSetting.AllInterfacesVariable, out value) && ReadBoolean(value))
            {
                return PortSettingValue.AllInterfaces;
            }
        }

        if (PortSettingValue.Defect(PortSettingKind.Host, definition.Host) is { } defect)
        {
            _errors.Add($"{PortRule.InvalidSetting.Id}: Host '{definition.Host}' of port '{definition.Name}' {defect} (from its attribute)");
        }

        // The container's own network is the fence; an address that the author chose stays.
        return _isContainer && definition.Host == PortSettingValue.Localhost ? PortSettingValue.AllInterfaces : definition.Host;
    }

    // What images of .NET, other images and Kubernetes set. A host name that looks like a container's is no evidence.
    private bool IsContainer() => _levels.Any(static l =>
        (l.TryGetVariable("DOTNET_RUNNING_IN_CONTAINER", out var value) && PortSettingValue.TryParseBoolean(value.Text, out var runs) && runs)
        || (l.TryGetVariable("CONTAINER", out value) && PortSettingValue.TryParseBoolean(value.Text, out runs) && runs)
        || l.TryGetVariable("KUBERNETES_SERVICE_HOST", out _));

    private ConfiguredValue? Find(PortDefinition definition, PortSetting setting)
    {
        foreach (var level in _levels)
        {
            if (level.TryGetKey(Key(definition, setting), out var value)
                || (setting.AliasSuffix is not null && level.TryGetVariable(PortName.ToVariable(definition.Name) + setting.AliasSuffix, out value)))
            {
                return value;
            }
        }

        return null;
    }

    private ConfiguredValue? FindGlobal(PortSetting setting) =>
        _levels.Select(l => l.TryGetKey($"{PortSetting.Section}:{setting.Key}", out var value) ? value : null).FirstOrDefault(static v => v is not null);

    private TimeSpan Duration(PortSetting setting, TimeSpan fallback) =>
        FindGlobal(setting) is { } value && IsReadable(setting, value) && PortSettingValue.TryParseDuration(value.Text, out var duration)
            ? duration
            : fallback;

    private int? ReadPort(PortSetting setting, ConfiguredValue? source)
    {
        if (source is not { } value || !IsReadable(setting, value))
        {
            return null;
        }

        PortSettingValue.TryParsePort(value.Text, out var port);
        if (setting == PortSetting.ExternalPort && port is < 1 or > PortRules.MaxPort)
        {
            Report(PortRule.InvalidSetting, value, $"'{value.Text}' is no port outside: write 1 to 65535");
        }

        return port;
    }

    private bool ReadBoolean(ConfiguredValue value)
    {
        IsReadable(PortSetting.Required, value);
        return PortSettingValue.TryParseBoolean(value.Text, out var result) && result;
    }

    private bool IsReadable(PortSetting setting, ConfiguredValue value)
    {
        if (PortSettingValue.Defect(setting.Kind, value.Text.Trim()) is not { } defect)
        {
            return true;
        }

        Report(PortRule.InvalidSetting, value, $"'{value.Text}' {defect}");
        return false;
    }

    // The rules see the outcome of all levels; a message says where the value at fault came from.
    private void ApplyRules(List<PortDraft<ConfiguredValue>> drafts)
    {
        foreach (var (problem, source) in PortDraft.Check(drafts))
        {
            var message = $"{problem.Rule.Id}: {problem.Message} (from {source?.Describe() ?? "its attribute"})";
            if (problem.Rule.Severity == PortRuleSeverity.Error)
            {
                _errors.Add(message);
            }
            else if (problem.Rule.Severity == PortRuleSeverity.Warning && source is not null)
            {
                // Of an attribute's value the compiler has warned already.
                _warnings.Add(message);
            }
        }
    }

    private ConfiguredValue Source(string key)
    {
        var level = _levels.FirstOrDefault(l => l.Mentions(key));
        return new ConfiguredValue("", level?.Rank ?? 0, () => level?.DescribeKey(key) ?? key);
    }

    private void Report(PortRule rule, ConfiguredValue source, params object[] arguments)
    {
        var error = $"{rule.Id}: {rule.Format(arguments)} (from {source.Describe()})";
        if (!_errors.Contains(error))
        {
            _errors.Add(error);
        }
    }

    private PlannedPort ToPlanned(PortDraft<ConfiguredValue> draft, PortDefinition definition)
    {
        var required = Find(definition, PortSetting.Required) is { } configured ? ReadBoolean(configured) : definition.Required;
        return new PlannedPort
        {
            Definition = definition,
            Preferred = draft.Port.Value,
            Allowed = PortRange.TryParse(draft.Range.Value, out var range) ? range
                : PortRules.IsSelectable(draft.Port.Value) ? new PortRange(draft.Port.Value, draft.Port.Value) : null,
            Host = FindHost(definition),
            Required = required,
            NeededByService = required || definition.Name == definition.Service,
            HealthPath = draft.HealthPath,
            ExternalPort = ReadPort(PortSetting.ExternalPort, Find(definition, PortSetting.ExternalPort)),
        };
    }

    // The application can do without a port of a service that it can do without.
    private static PlannedPort WithService(PlannedPort port, List<PlannedPort> ports) =>
        port with { Required = port.Required && ports.First(p => p.Name == port.Definition.Service).Required };

    // Kubernetes sets {SERVICE}_PORT=tcp://... in every pod for every service of the namespace; it isn't meant for this application.
    private static bool IsServiceLink(string text) => text.TrimStart().StartsWith("tcp://", StringComparison.OrdinalIgnoreCase);

    private static string Key(PortDefinition definition, PortSetting setting) =>
        $"{PortSetting.Section}:{definition.Name}:{setting.Key}";
}
