using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>A rule that a service breaks, in the compiler's terms.</summary>
/// <param name="Service">The service at fault.</param>
/// <param name="PortIndex">Which of its ports: 0 its own, 1 the first additional one.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Part">The part to point at.</param>
/// <param name="Arguments">The arguments of the rule's message.</param>
internal sealed record ServiceProblem(ServiceModel Service, int PortIndex, PortRule Rule, PortPart Part, object[] Arguments)
{
    /// <summary>Which element of the part, if it is a list.</summary>
    public int Element { get; init; }

    /// <summary>What would fix it.</summary>
    public IReadOnlyList<PortCure> Cures { get; init; } = [];

    /// <summary>Whether the rule is broken only in the Development environment.</summary>
    public bool IsOfDevelopment { get; init; }

    /// <summary>Whether the service itself can't be made.</summary>
    public bool IsOfClass => Rule == PortRule.UnusableClass || Rule == PortRule.NobodyServes;

    /// <summary>Whether a setting can fix it: the runtime then applies the rule again.</summary>
    public bool IsCurable => Part is PortPart.Port or PortPart.Range or PortPart.Host or PortPart.HealthPath or PortPart.DevelopmentPort;
}
