namespace PortGen;

/// <summary>A port as an attribute declares it: in source, in an assembly's metadata, or exported by a library.</summary>
/// <remarks>
/// The only place that knows the attribute's properties: the member has name, type and default, <see cref="From"/> reads it, and the
/// generated definition, a library's export and <c>ports.json</c> come from <see cref="Properties"/>.
/// </remarks>
internal sealed record DeclaredPort
{
    public required string Name { get; init; }

    /// <summary>The owning service's port name.</summary>
    public required string Service { get; init; }

    /// <summary>The service's class in C#, with <c>global::</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The referenced assembly that declares the port; <see langword="null"/> for the project's own.</summary>
    public string? Assembly { get; init; }

    /// <summary>Identifies the service's class: by name if the project declares it, else with the assembly. <see cref="DependsOn"/> uses the same form.</summary>
    public string TypeId => PortGen.TypeId.Of(Type, Assembly);

    /// <summary>The library's name for the port, if the application has renamed it; else <see langword="null"/>.</summary>
    public string? DeclaredName { get; init; }

    /// <summary>For a port that a library exports, the C# expression of its service's definition; else <see langword="null"/>.</summary>
    public string? Registration { get; init; }

    /// <summary>Why a library's service could not be made, if the compiler's error was suppressed there; else <see langword="null"/>.</summary>
    public string? Problem { get; init; }

    /// <summary>The preferred port; 0 for none.</summary>
    public int Port { get; init; }

    /// <summary>The range as written; <see langword="null"/> for the preferred port alone.</summary>
    public string? Range { get; init; }

    public string Host { get; init; } = PortSettingValue.Localhost;

    public bool Required { get; init; } = true;

    /// <summary>The path of a health check; <see langword="null"/> for none.</summary>
    public string? HealthPath { get; init; }

    /// <summary>The port to prefer in the Development environment; 0 for <see cref="Port"/>.</summary>
    public int DevelopmentPort { get; init; }

    /// <summary>Whether the generic PORT variable means this port.</summary>
    public bool Primary { get; init; }

    /// <summary>The classes of the services that must run first, in <see cref="TypeId"/> form; empty for a name that is not a type yet.</summary>
    public EquatableArray<string> DependsOn { get; init; }

    /// <summary>Whether this is the port the service is named after.</summary>
    public bool IsServicePort => Name == Service;

    /// <summary>The attribute's properties in writing order. The port, the host and whether it is required are always written.</summary>
    public IReadOnlyList<PortProperty> Properties =>
    [
        new(nameof(Port), Port),
        new(nameof(Range), Range),
        new(nameof(Host), Host),
        new(nameof(Required), Required),
        new(nameof(HealthPath), HealthPath),
        new(nameof(DevelopmentPort), DevelopmentPort == 0 ? null : DevelopmentPort),
        new(nameof(Primary), Primary ? true : null),
        new(nameof(DependsOn), DependsOn.Count == 0 ? null : DependsOn),
    ];

    /// <summary>The port as the rules see it.</summary>
    /// <param name="declaredBy">The class as shown in messages.</param>
    /// <param name="dependsOn">The port names of the services that it depends on.</param>
    public PortSpec ToSpec(string declaredBy, IReadOnlyList<string> dependsOn) => new()
    {
        Name = Name,
        Service = Service,
        DeclaredBy = declaredBy,
        Port = Port,
        Range = Range,
        Host = Host,
        HealthPath = HealthPath,
        DevelopmentPort = DevelopmentPort,
        Primary = Primary,
        DependsOn = dependsOn,
    };

    /// <summary>The port before any setting has been read.</summary>
    /// <typeparam name="TSource">How a reader remembers where a value came from.</typeparam>
    public PortDraft<TSource> ToDraft<TSource>()
        where TSource : class => new()
        {
            Name = Name,
            Service = Service,
            Port = new(Port),
            Range = new(Range),
            DevelopmentPort = new(DevelopmentPort),
            Host = Host,
            HealthPath = HealthPath,
        };

    /// <summary>The port of an attribute.</summary>
    /// <param name="name">The port's name.</param>
    /// <param name="service">The owning service's port name.</param>
    /// <param name="type">The service's class in C#, with <c>global::</c>.</param>
    /// <param name="arguments">The attribute's arguments. Generic, so that reading allocates only the port: it happens on every keystroke.</param>
    public static DeclaredPort From<TArguments>(string name, string service, string type, TArguments arguments)
        where TArguments : struct, IAttributeArguments => new()
        {
            Name = name,
            Service = service,
            Type = type,
            Port = arguments.Find(nameof(Port)) as int? ?? 0,
            Range = arguments.Find(nameof(Range)) as string,
            Host = arguments.Find(nameof(Host)) as string ?? PortSettingValue.Localhost,
            Required = arguments.Find(nameof(Required)) as bool? ?? true,
            HealthPath = arguments.Find(nameof(HealthPath)) as string,
            DevelopmentPort = arguments.Find(nameof(DevelopmentPort)) as int? ?? 0,
            Primary = arguments.Find(nameof(Primary)) as bool? ?? false,
            DependsOn = arguments.Find(nameof(DependsOn)) as EquatableArray<string>? ?? default,
        };

    /// <summary>The port of a library's <c>[assembly: ExportedPort]</c>, or <see langword="null"/> if its arguments don't match this version.</summary>
    /// <param name="assembly">The library.</param>
    /// <param name="arguments">The attribute's arguments.</param>
    public static DeclaredPort? FromExport<TArguments>(string assembly, TArguments arguments)
        where TArguments : struct, IAttributeArguments
    {
        if (arguments.Count != 4 || arguments.Text(0) is not { } name || arguments.Text(1) is not { } service
            || arguments.Text(2) is not { } type || arguments.Text(3) is not { } registration)
        {
            return null;
        }

        var port = From(name, service, type, arguments);
        return port with
        {
            Assembly = assembly,
            Registration = registration,
            Problem = arguments.Find(nameof(Problem)) as string,
            DependsOn = port.DependsOn.Select(d => PortGen.TypeId.Qualify(d, assembly)).ToEquatableArray(),
        };
    }
}
