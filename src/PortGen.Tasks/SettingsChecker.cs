namespace PortGen.Tasks;

/// <summary>What a project's settings files come to.</summary>
/// <param name="Ports">The ports as <c>appsettings.json</c> makes them, which every environment starts from.</param>
/// <param name="Problems">What is wrong, in any environment.</param>
internal sealed record SettingsReport(IReadOnlyList<EffectivePort> Ports, IReadOnlyList<SettingsProblem> Problems);

/// <summary>Merges settings files over the manifest as the runtime will, environment by environment, and applies the rules to the outcome.</summary>
internal static class SettingsChecker
{
    /// <summary>Reports the problems that some file's value takes part in; those of the attributes alone are the analyzers'.</summary>
    public static SettingsReport Check(IReadOnlyList<DeclaredPort> manifest, IReadOnlyList<SettingsSource> files)
    {
        var problems = new List<SettingsProblem>();
        var reader = new SettingsReader(manifest, problems);
        var levels = files.Select(f => (f.Environment, Values: reader.Read(f).ToLookup(static v => v.PortName, StringComparer.Ordinal))).ToList();
        var common = levels.Where(static l => l.Environment.Length == 0).Select(static l => l.Values).ToList();
        var ports = Merge(manifest, common, isDevelopment: false, problems);
        foreach (var (environment, values) in levels.Where(static l => l.Environment.Length > 0))
        {
            Merge(manifest, [.. common, values], string.Equals(environment, "Development", StringComparison.OrdinalIgnoreCase), problems);
        }

        return new SettingsReport(ports, [.. problems.Distinct()]);
    }

    private static List<EffectivePort> Merge(
        IReadOnlyList<DeclaredPort> manifest, IReadOnlyList<ILookup<string, PortValue>> levels, bool isDevelopment, List<SettingsProblem> problems)
    {
        var ports = manifest.Select(p => EffectivePort.Merge(p, levels, isDevelopment)).ToList();
        if (ports.TrueForAll(static p => p.Values.Count == 0))
        {
            return ports;
        }

        foreach (var (problem, source) in PortDraft.Check([.. ports.Select(static p => p.Draft)], numbersAlone: true))
        {
            // A suggestion is for the author of a service; whoever configures a port has decided.
            if (source is not null && problem.Rule.Severity > PortRuleSeverity.Info)
            {
                problems.Add(new(problem.Rule, source.File, source.Line, source.Column, problem.Message));
            }
        }

        return ports;
    }
}
