using System.Globalization;

namespace PortGen;

/// <summary>How much a broken rule matters where nobody has configured it otherwise.</summary>
internal enum PortRuleSeverity
{
    Info,
    Warning,
    Error,
}

/// <summary>A rule about ports: its id, message and severity, the same in the editor, in the build and at run time.</summary>
/// <param name="Id">The id people look up, such as <c>PG0002</c>; it never changes its meaning.</param>
/// <param name="Title">The rule in a few words.</param>
/// <param name="MessageFormat">The message with numbered places: what is wrong, quoting the value, and what to do.</param>
/// <param name="Severity">The severity unless configured.</param>
internal sealed record PortRule(string Id, string Title, string MessageFormat, PortRuleSeverity Severity)
{
    public static readonly PortRule RangeSyntax = Error("PG0001", "Range is not a port range",
        "Range '{0}' of port '{1}' is not a port range: write 'first-last' in digits, such as '8080-8089', or a single port");

    public static readonly PortRule PortOutOfBounds = Error("PG0002", "Port outside 1024-65535",
        "{0} of '{1}' is outside 1024-65535: choose a port from 1024 to 65535");

    public static readonly PortRule RangeReversed = Error("PG0003", "Range ends before it starts",
        "Range '{0}' of port '{1}' ends before it starts: write '{2}'");

    public static readonly PortRule PortOutsideRange = Error("PG0004", "Preferred port outside its range",
        "Preferred port {0} of '{1}' is outside its range {2}: move the port into the range or widen the range");

    public static readonly PortRule DuplicateName = Error("PG0005", "Two ports have one name",
        "Port name '{0}' of {1} is already the name of a port of {2}: give each port a name of its own; [assembly: ReferencedPort] renames one of a library");

    public static readonly PortRule DuplicatePort = Error("PG0006", "Two ports prefer one number",
        "Ports '{1}' and '{2}' both prefer {0}: give one of them another preferred port");

    public static readonly PortRule Unsatisfiable = Error("PG0007", "Ranges can't all be served at once",
        "Ports {0} need {1} numbers, but their ranges share only {2}: widen or move a range");

    public static readonly PortRule DependencyCycle = Error("PG0008", "Dependency cycle",
        "Services depend on each other in a circle, so none can start first: {0}; remove one of these dependencies");

    public static readonly PortRule EphemeralRange = Warning("PG0009", "Range reaches into the ephemeral range",
        "Ports {0} of '{1}' reach into the ephemeral range, where an outgoing connection may take one first (Linux 32768-60999; Windows and macOS 49152-65535): choose ports below 32768");

    public static readonly PortRule BlockedByBrowsers = Warning("PG0010", "Browsers refuse the port",
        "Browsers refuse to open port {0} of '{1}', so they can't show its health path: choose another port");

    public static readonly PortRule InvalidName = Error("PG0011", "Port name not valid",
        "Port name '{0}' is not valid: {1}");

    public static readonly PortRule SinglePort = new("PG0012", "A single-port range allows no fallback",
        "Port {0} of '{1}' is the only one allowed, so the service can't start while another program has it: give it a range such as '{2}'",
        PortRuleSeverity.Info);

    public static readonly PortRule WellKnownPort = Warning("PG0013", "Another well-known program takes the port by default",
        "Port {0} of '{1}' is the default of {2}, which many development machines run: choose another port");

    public static readonly PortRule SeveralPrimaries = Error("PG0014", "More than one primary service",
        "Services '{0}' and '{1}' are both Primary, so PORT would mean both: keep one");

    public static readonly PortRule KubernetesName = Warning("PG0015", "Kubernetes may set the port's variable",
        "In a pod beside a Service '{2}' Kubernetes sets {1} to that Service's port, so port '{0}' ignores the variable there: choose a name that does not end in '-service'");

    public static readonly PortRule InvalidHost = Error("PG0016", "Host is not an interface",
        "Host '{0}' of port '{1}' is not an interface: write localhost, * for all interfaces, or an IP address");

    public static readonly PortRule InvalidHealthPath = Error("PG0017", "Health path is not a path",
        "Health path '{0}' of port '{1}' is not a path: write one such as '/health'");

    public static readonly PortRule UnusableClass = Error("PG1001", "Class can't be a port service",
        "Class '{0}' can't be a port service because it is {1}: the container must be able to create it");

    public static readonly PortRule DependencyIsNoService = Error("PG1003", "DependsOn names a type that is not a port service",
        "'{0}' depends on '{1}', which is not a port service: put [PortService] on that type or remove the dependency");

    public static readonly PortRule NoServices = Error("PG1004", "Application without services",
        "PortGenApplication is set, but the application has no service: declare one with [PortService], or reference a library that does; services of a referenced executable stay with that executable");

    public static readonly PortRule NobodyServes = Error("PG1005", "Class is neither a port service nor the entry point",
        "Class '{0}' has [PortService], but is neither an IPortService nor the entry point of an application, so nobody serves port '{1}': {2}");

    public static readonly PortRule PortWithoutService = Error("PG1006", "Additional port without a service",
        "Class '{0}' has [AdditionalPort] but not [PortService], so nobody opens port '{1}': declare the service too, or remove the port");

    public static readonly PortRule NameInUse = Error("PG1007", "Name of the generated class is taken",
        "PortGen can't generate class '{0}', because this project has {1}: set another name in the project file, such as <PortGenClassName>{2}</PortGenClassName>");

    public static readonly PortRule NotCreatable = Warning("PG1008", "Container can't create the class",
        "Class '{0}' {1}, so the container can't create it: add a public constructor that sets everything, or register the class yourself, services.AddSingleton(provider => ...)");

    public static readonly PortRule GeneratedService = Error("PG1009", "Service written by another source generator",
        "Class '{0}' is written by another source generator, whose output PortGen's generator can't see, so its ports are not in '{1}': write [PortService] on a part of the class in this project");

    public static readonly PortRule ReferencedPortUnknown = Error("PG1010", "[ReferencedPort] can't be applied",
        "[ReferencedPort(\"{0}\", \"{1}\")] can't be applied: {2}");

    public static readonly PortRule InternalProgram = new("PG1011", "Entry point that tests can't name",
        "Class '{0}' is internal, so WebApplicationFactory<{0}> of a test project can't name it: write 'public partial class {0}'",
        PortRuleSeverity.Info);

    public static readonly PortRule HostService = Error("PG1012", "Not possible for the port of the application's own host",
        "Port '{0}' is served by the application's own host, so {1}");

    public static readonly PortRule UnreadableFile = Error("PG2001", "Configuration file unreadable",
        "Configuration file '{0}' can't be read: {1}");

    public static readonly PortRule UnknownPortName = Error("PG2002", "Unknown port name in the configuration",
        "'{0}' names no port of this application: {1}");

    public static readonly PortRule InvalidSetting = Error("PG2003", "Unknown setting, or a value of the wrong type",
        "{0}");

    public static readonly PortRule NoPortAvailable = Error("PG3001", "No port available",
        "No port available for '{0}': {1}");

    public static readonly PortRule ServiceFailedToStart = Error("PG3002", "Service failed to start",
        "Service '{0}' failed to start: {1}");

    public static readonly PortRule InstanceNotEnded = Error("PG3003", "An earlier instance could not be ended",
        "Earlier instance {0}, which holds {1}, could not be ended: {2}. End it manually, or start without force restart: services then move to other ports of their ranges");

    public static readonly PortRule PortNotServed = Error("PG3004", "Declared port that nobody serves",
        "Nobody accepts connections on port {0} of '{1}', {2} s after its service started, so clients connect and get no answer: {3}");

    public static readonly PortRule ServiceFailed = Error("PG3005", "Service failed after it had started",
        "Service '{0}' failed after it had started: {1}");

    public static readonly PortRule LanguageVersion = Error("PG4002", "C# version too old",
        "PortGen generates C# {0}, but this project compiles C# {1}: remove LangVersion from the project file, or set it to {0} or later");

    public static readonly PortRule UnusableProperty = Error("PG4003", "Project property can't be used",
        "Property {0} is '{1}': {2}");

    /// <summary>Every rule, in the order of the ids.</summary>
    public static readonly IReadOnlyList<PortRule> All =
    [
        RangeSyntax, PortOutOfBounds, RangeReversed, PortOutsideRange, DuplicateName, DuplicatePort, Unsatisfiable, DependencyCycle,
        EphemeralRange, BlockedByBrowsers, InvalidName, SinglePort, WellKnownPort, SeveralPrimaries, KubernetesName, InvalidHost, InvalidHealthPath,
        UnusableClass, DependencyIsNoService, NoServices, NobodyServes, PortWithoutService, NameInUse, NotCreatable, GeneratedService, ReferencedPortUnknown,
        InternalProgram, HostService,
        UnreadableFile, UnknownPortName, InvalidSetting,
        NoPortAvailable, ServiceFailedToStart, InstanceNotEnded, PortNotServed, ServiceFailed,
        LanguageVersion, UnusableProperty,
    ];

    /// <summary>The rule's help page.</summary>
    public string HelpLink => $"https://github.com/portgen/portgen/blob/main/src/Shared/Rules/docs/{Id}.md";

    /// <summary>The message with its places filled.</summary>
    public string Format(params object[] arguments) => string.Format(CultureInfo.InvariantCulture, MessageFormat, arguments);

    private static PortRule Warning(string id, string title, string message) => new(id, title, message, PortRuleSeverity.Warning);

    private static PortRule Error(string id, string title, string message) => new(id, title, message, PortRuleSeverity.Error);
}
