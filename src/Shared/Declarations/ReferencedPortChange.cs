namespace PortGen;

/// <summary>How an application's <c>[assembly: ReferencedPort]</c> changes a library's port.</summary>
internal sealed record ReferencedPortChange
{
    /// <summary>The attribute's full name.</summary>
    public const string AttributeName = "PortGen.ReferencedPortAttribute";

    public required string Assembly { get; init; }

    /// <summary>The port's name in the library.</summary>
    public required string Port { get; init; }

    /// <summary>Its name in the application; <see langword="null"/> for the library's.</summary>
    public required string? Name { get; init; }

    /// <summary>Whether its service is left out.</summary>
    public required bool Exclude { get; init; }

    /// <summary>The change that an attribute makes, or <see langword="null"/> while it is half typed.</summary>
    public static ReferencedPortChange? From<TArguments>(TArguments arguments)
        where TArguments : struct, IAttributeArguments => arguments.Count == 2 && arguments.Text(0) is { } assembly && arguments.Text(1) is { } port
            ? new()
            {
                Assembly = assembly,
                Port = port,
                Name = arguments.Find(nameof(Name)) as string,
                Exclude = arguments.Find(nameof(Exclude)) as bool? ?? false,
            }
            : null;

    /// <summary>The libraries' ports as the application sees them. A change that can't be applied is ignored: <see cref="Defect"/> says why.</summary>
    public static IReadOnlyList<DeclaredPort> Apply(IReadOnlyList<DeclaredPort> ports, IReadOnlyList<ReferencedPortChange> changes)
    {
        var valid = changes.Where(c => c.Defect(ports, changes) is null).ToList();
        return valid.Count == 0 ? ports : [.. ports.Where(p => !valid.Exists(c => c.Exclude && c.IsService(p))).Select(p => Rename(p, valid))];
    }

    /// <summary>Why the change can't be applied; <see langword="null"/> if it can.</summary>
    public string? Defect(IReadOnlyList<DeclaredPort> ports, IReadOnlyList<ReferencedPortChange> changes)
    {
        var library = ports.Where(p => p.Assembly == Assembly).ToList();
        if (library.Count == 0)
        {
            var names = string.Join(", ", ports.Select(static p => p.Assembly).Distinct(StringComparer.Ordinal).OrderBy(static n => n, StringComparer.Ordinal));
            return names.Length == 0 ? "no referenced assembly declares a port" : $"the referenced assemblies that declare ports are {names}";
        }

        if (library.Find(p => p.Name == Port) is not { } port)
        {
            return $"the ports of {Assembly} are {string.Join(", ", library.Select(static p => p.Name).OrderBy(static n => n, StringComparer.Ordinal))}";
        }

        if (Exclude == Name is not null)
        {
            return "set either Name or Exclude";
        }

        if (changes.First(c => c.Assembly == Assembly && c.Port == Port) != this || changes.Count(c => c == this) > 1)
        {
            return "another [ReferencedPort] changes the same port";
        }

        if (Name is not null)
        {
            return PortName.IsWellFormed(Name) ? null : $"'{Name}' is not a port name: use 1 to {PortName.MaxLength} lower-case letters, digits and single inner hyphens, first a letter";
        }

        return port.IsServicePort ? null : $"it is an additional port of service '{port.Service}', which can only be left out as a whole";
    }

    private static DeclaredPort Rename(DeclaredPort port, List<ReferencedPortChange> changes)
    {
        var name = changes.Find(c => c.Means(port, port.Name))?.Name ?? port.Name;
        var service = changes.Find(c => c.Means(port, port.Service))?.Name ?? port.Service;
        return name == port.Name && service == port.Service ? port : port with { Name = name, Service = service, DeclaredName = port.Name };
    }

    private bool Means(DeclaredPort port, string name) => port.Assembly == Assembly && name == Port;

    private bool IsService(DeclaredPort port) => Means(port, port.Service);
}
