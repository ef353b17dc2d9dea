namespace PortGen.Tests.Shared;

/// <summary>What the rules report, in full, as one text for each problem: rule, port at fault, part, other ports, message, cures.</summary>
internal static class RuleReport
{
    public static PortSpec Spec(string name, int port = 0, string? range = null) =>
        new() { Name = name, Service = name, DeclaredBy = "class " + name, Port = port, Range = range };

    public static string[] Of(params PortSpec[] ports) => [.. PortRules.Check(ports, "Ports").Select(Describe)];

    /// <summary>Without what is no mistake, such as a single port.</summary>
    public static string[] ErrorsOf(params PortSpec[] ports) =>
        [.. PortRules.Check(ports, "Ports").Where(static p => p.Rule.Severity == PortRuleSeverity.Error).Select(Describe)];

    private static string Describe(PortProblem problem)
    {
        var others = problem.Others.Count == 0 ? "" : " with " + string.Join("+", problem.Others);
        var cures = string.Concat(problem.Cures.Select(static c => $" => {c.Part} {c.Text}"));
        return $"{problem.Rule.Id} {problem.Spec} {problem.Part}{others}: {problem.Message}{cures}";
    }
}
