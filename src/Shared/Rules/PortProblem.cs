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
/// <param name="Arguments">What fills the places of the rule's message.</param>
internal sealed record PortProblem(PortRule Rule, int Spec, PortPart Part, object[] Arguments)
{
    /// <summary>The other ports that take part, as indices.</summary>
    public IReadOnlyList<int> Others { get; init; } = [];

    /// <summary>Which element of the part, where it is a list.</summary>
    public int Element { get; init; }

    /// <summary>What would put it right, each by itself, the likeliest first.</summary>
    public IReadOnlyList<PortCure> Cures { get; init; } = [];

    public string Message => Rule.Format(Arguments);
}

/// <summary>A value that puts a problem right. The rules find it, because only they see all ports: two cures never collide.</summary>
/// <param name="Part">The part that takes the value.</param>
/// <param name="Text">The value as text.</param>
internal sealed record PortCure(PortPart Part, string Text);
