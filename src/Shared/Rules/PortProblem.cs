namespace PortGen;

/// <summary>The part of a port's declaration or configuration that a problem is about.</summary>
internal enum PortPart
{
    Name,
    Port,
    Range,
    DependsOn,
    Primary,
    Host,
    HealthPath,
    DevelopmentPort,

    /// <summary>The class itself; only the compiler knows it.</summary>
    Class,
}

/// <summary>A broken rule: which one, at which port, in which part of it.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Spec">The port at fault, as an index into the specs that were checked.</param>
/// <param name="Part">The part to point at.</param>
/// <param name="Arguments">The arguments of the rule's message.</param>
internal sealed record PortProblem(PortRule Rule, int Spec, PortPart Part, object[] Arguments)
{
    /// <summary>The other ports involved, as indices.</summary>
    public IReadOnlyList<int> Others { get; init; } = [];

    /// <summary>Which element of the part, if it is a list.</summary>
    public int Element { get; init; }

    /// <summary>What would fix it, each on its own, most likely first.</summary>
    public IReadOnlyList<PortCure> Cures { get; init; } = [];

    public string Message => Rule.Format(Arguments);
}

/// <summary>A value that fixes a problem. The rules find it, because only they see all ports: two cures never collide.</summary>
/// <param name="Part">The part that takes the value.</param>
/// <param name="Text">The value as text.</param>
internal sealed record PortCure(PortPart Part, string Text);
