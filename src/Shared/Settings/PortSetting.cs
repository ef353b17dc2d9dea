namespace PortGen;

/// <summary>What a setting's text must be.</summary>
internal enum PortSettingKind
{
    Port,
    ExternalPort,
    Range,
    Host,
    Boolean,
    Text,
    Path,
    Url,
    Duration,
}

/// <summary>A setting of the configuration section <c>Ports</c>: of one port (<c>Ports:{name}:{Key}</c>) or of all (<c>Ports:{Key}</c>).</summary>
/// <param name="Key">The key, compared without regard to case.</param>
/// <param name="Kind">What its text must be.</param>
/// <param name="AliasSuffix">What follows the port's name in the environment variable that means the same; <see langword="null"/> for none.</param>
internal sealed record PortSetting(string Key, PortSettingKind Kind, string? AliasSuffix = null)
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Ports";

    /// <summary>The variable that means the preferred port of the only service, or of the primary one.</summary>
    public const string GenericPortVariable = "PORT";

    /// <summary>The variable that makes every port listen on all interfaces.</summary>
    public const string AllInterfacesVariable = "BIND_ALL_INTERFACES";

    /// <summary>The two halves of a range as variables of their own.</summary>
    public const string RangeStartSuffix = "_PORT_RANGE_START";

    /// <inheritdoc cref="RangeStartSuffix"/>
    public const string RangeEndSuffix = "_PORT_RANGE_END";

    public static readonly PortSetting Port = new("Port", PortSettingKind.Port, "_PORT");
    public static readonly PortSetting Range = new("Range", PortSettingKind.Range, "_PORT_RANGE");
    public static readonly PortSetting Host = new("Host", PortSettingKind.Host, "_BIND_INTERFACE");
    public static readonly PortSetting Required = new("Required", PortSettingKind.Boolean, "_REQUIRED");
    public static readonly PortSetting HealthPath = new("HealthPath", PortSettingKind.Path, "_HEALTH_PATH");
    public static readonly PortSetting ExternalPort = new("ExternalPort", PortSettingKind.ExternalPort, "_EXTERNAL_PORT");
    public static readonly PortSetting DevelopmentPort = new("DevelopmentPort", PortSettingKind.Port);

    /// <summary>Where others reach the port, if not on this machine under its own number: behind a proxy, say.</summary>
    public static readonly PortSetting PublicUrl = new("PublicUrl", PortSettingKind.Url);

    public static readonly PortSetting BindTimeout = new("BindTimeout", PortSettingKind.Duration);
    public static readonly PortSetting StartTimeout = new("StartTimeout", PortSettingKind.Duration);
    public static readonly PortSetting StopTimeout = new("StopTimeout", PortSettingKind.Duration);
    public static readonly PortSetting DrainDelay = new("DrainDelay", PortSettingKind.Duration);

    /// <summary>How long an earlier instance may take to stop before it is killed.</summary>
    public static readonly PortSetting RestartTimeout = new("RestartTimeout", PortSettingKind.Duration);

    /// <summary>How long an application that has handed its ports over waits for its last connection to close.</summary>
    public static readonly PortSetting HandOverTimeout = new("HandOverTimeout", PortSettingKind.Duration);

    /// <summary>Whether the ports of a running instance are taken over from it.</summary>
    public static readonly PortSetting TakeOver = new("TakeOver", PortSettingKind.Boolean);

    /// <summary>Whether earlier instances of the application are ended first.</summary>
    public static readonly PortSetting ForceRestart = new("ForceRestart", PortSettingKind.Boolean);

    /// <summary>A file that exists while the application is ready, for what can't ask by HTTP.</summary>
    public static readonly PortSetting ReadyFile = new("ReadyFile", PortSettingKind.Text);

    /// <summary>Whether the system chooses every port, on loopback.</summary>
    public static readonly PortSetting FreePorts = new("FreePorts", PortSettingKind.Boolean);

    /// <summary>Which application this is, where the folder that it runs from doesn't tell: with releases in folders of their own.</summary>
    public static readonly PortSetting Application = new("Application", PortSettingKind.Text) { Variable = "PORTGEN_APPLICATION" };

    /// <summary>The settings that each port has.</summary>
    public static readonly IReadOnlyList<PortSetting> PerPort = [Port, Range, Host, Required, HealthPath, ExternalPort, DevelopmentPort, PublicUrl];

    /// <summary>The settings of the application.</summary>
    public static readonly IReadOnlyList<PortSetting> Globals = [BindTimeout, StartTimeout, StopTimeout, DrainDelay, RestartTimeout, HandOverTimeout, ForceRestart, TakeOver, FreePorts, ReadyFile, Application];

    /// <summary>The environment variable that means the same as a setting of the application; <see langword="null"/> for none.</summary>
    public string? Variable { get; init; }

    /// <summary>Every environment variable that belongs to the port of that name.</summary>
    public static IEnumerable<string> Aliases(string portName)
    {
        var stem = PortName.ToVariable(portName);
        return PerPort.Select(s => s.AliasSuffix).OfType<string>().Concat([RangeStartSuffix, RangeEndSuffix]).Select(suffix => stem + suffix);
    }
}
