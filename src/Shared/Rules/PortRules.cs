namespace PortGen;

/// <summary>The rules about ports as pure functions. Every reader (editor, build, run time) applies these and only these.</summary>
internal static class PortRules
{
    /// <summary>Applies every rule to the ports of one application.</summary>
    /// <param name="ports">The ports in a fixed order: of several that collide, the last one is at fault.</param>
    /// <param name="generatedClass">
    /// The name of the generated class, which no port may take for its property; <see langword="null"/> once there is nothing to generate.
    /// </param>
    public static IReadOnlyList<PortProblem> Check(IReadOnlyList<PortSpec> ports, string? generatedClass)
    {
        var problems = new List<PortProblem>();
        RangeRules.Check(ports, problems);
        NameRules.Check(ports, generatedClass, problems);
        NumberRules.Check(ports, problems);
        AddressRules.Check(ports, problems);
        DependencyRules.Check(ports, problems);
        CureRules.Settle(ports, problems, ports.Select(static p => p.DevelopmentPort).Where(static n => n != 0));
        return problems;
    }

    /// <summary>Applies the rules about what a setting can change: ports and ranges, and what else uses them.</summary>
    public static IReadOnlyList<PortProblem> CheckNumbers(IReadOnlyList<PortSpec> ports)
    {
        var problems = new List<PortProblem>();
        RangeRules.Check(ports, problems);
        NumberRules.Check(ports, problems);
        return problems;
    }
}
