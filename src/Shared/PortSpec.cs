namespace PortGen;

/// <summary>One port as a reader found it (an attribute, a configuration file, a variable), before the rules have been applied.</summary>
internal sealed record PortSpec
{
    /// <summary>The port's name, whatever was written.</summary>
    public required string Name { get; init; }

    /// <summary>The owning service's port name; the port's own name unless it is an additional port.</summary>
    public required string Service { get; init; }

    /// <summary>Who declares the port, as a message names it: a class.</summary>
    public required string DeclaredBy { get; init; }

    /// <summary>The preferred port; 0 for none.</summary>
    public int Port { get; init; }

    /// <summary>The range as written; <see langword="null"/> for the preferred port alone.</summary>
    public string? Range { get; init; }

    /// <summary>The port names of the services that must run first; only a service's own port has them.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Whether this is the port the service is named after.</summary>
    public bool IsServicePort => Name == Service;
}

/// <summary>The part of a port's declaration or configuration that a problem is about.</summary>
internal enum PortPart
{
    Name,
    Port,
    Range,
    DependsOn,

    /// <summary>The class itself; only the compiler knows it.</summary>
    Class,
}

/// <summary>A broken rule: which one, at which port, in which part of it.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Spec">The port, as an index into the specs that were checked.</param>
/// <param name="Part">The part to point at.</param>
/// <param name="Arguments">What fills the places of the rule's message.</param>
internal sealed record PortProblem(PortRule Rule, int Spec, PortPart Part, object[] Arguments)
{
    /// <summary>For a rule about two ports, the other one's index and part.</summary>
    public int Other { get; init; } = -1;

    /// <summary>Which element of the part, where it is a list.</summary>
    public int Element { get; init; }

    public string Message => Rule.Format(Arguments);
}
