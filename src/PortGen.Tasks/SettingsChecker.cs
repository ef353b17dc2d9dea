namespace PortGen.Tasks;

/// <summary>The result of checking settings files.</summary>
/// <param name="Ports">The ports as set by <c>appsettings.json</c>, where every environment starts.</param>
/// <param name="Problems">The problems in any environment.</param>
internal sealed record SettingsReport(IReadOnlyList<EffectivePort> Ports, IReadOnlyList<SettingsProblem> Problems);

/// <summary>Merges settings files over the manifest as the runtime will, environment by environment, and applies the rules to the result.</summary>
internal static class SettingsChecker
{
    private const string Development = "Development";

    /// <summary>
    /// Reports the problems that involve a file's value, and collisions between libraries. The analyzers report those of the project's
    /// own attributes alone.
    /// </summary>
    public static SettingsReport Check(IReadOnlyList<DeclaredPort> manifest, IReadOnlyList<SettingsSource> files)
    {
        var problems = new List<SettingsProblem>();
        var reader = new SettingsReader(manifest, problems);

        // If two files have the same name, the later one overwrites the other.
        var levels = files.GroupBy(static f => f.Name, StringComparer.Ordinal).Select(static g => g.Last())
            .Select(f => (File: f, f.Environment, Values: reader.Read(f).ToLookup(static v => v.PortName, StringComparer.Ordinal))).ToList();
        var common = levels.Where(static l => l.Environment.Length == 0).ToList();
        var ports = Merge(manifest, [.. common.Select(static l => l.Values)], isDevelopment: false);
        var everywhere = Check(ports);
        problems.AddRange(everywhere);

        var environments = levels.Where(static l => l.Environment.Length > 0).Select(static l => (l.Environment, Values: (ILookup<string, PortValue>?)l.Values)).ToList();
        if (!environments.Exists(static e => IsDevelopment(e.Environment)))
        {
            // Its ports may collide without a file of its own.
            environments.Add((Development, null));
        }

        foreach (var (environment, values) in environments)
        {
            ILookup<string, PortValue>[] merged = [.. common.Select(static l => l.Values), .. values is null ? [] : new[] { values }];
            var found = Check(Merge(manifest, merged, IsDevelopment(environment))).Except(everywhere);
            problems.AddRange(found.Select(p => p.File.Length == 0 || common.Exists(l => l.File.Path == p.File) ? p.In(environment) : p));
        }

        return new SettingsReport(ports, [.. problems.Distinct()]);
    }

    // Same as IHostEnvironment.IsDevelopment.
    private static bool IsDevelopment(string environment) => string.Equals(environment, Development, StringComparison.OrdinalIgnoreCase);

    private static List<EffectivePort> Merge(IReadOnlyList<DeclaredPort> manifest, IReadOnlyList<ILookup<string, PortValue>> levels, bool isDevelopment) =>
        [.. manifest.Select(p => EffectivePort.Merge(p, levels, isDevelopment))];

    private static List<SettingsProblem> Check(List<EffectivePort> ports)
    {
        var problems = new List<SettingsProblem>();
        if (ports.TrueForAll(static p => p.Values.Count == 0 && !p.IsReferenced))
        {
            return problems;
        }

        foreach (var (problem, source) in PortDraft.Check([.. ports.Select(static p => p.Draft)], numbersAlone: true))
        {
            // Suggestions are for a service's author; whoever configures a port has decided.
            if (source is not null && problem.Rule.Severity > PortRuleSeverity.Info)
            {
                problems.Add(new(problem.Rule, source.File, source.Line, source.Column, problem.Message));
            }
            else if (source is null && problem.Others.Count > 0 && problem.Others.Append(problem.Spec).All(i => ports[i].IsReferenced))
            {
                // Not a mistake: neither library knows of the other, and this project can fix it in its settings. Until then it gets a warning.
                problems.Add(new(problem.Rule, "", 0, 0, problem.Message) { Severity = PortRuleSeverity.Warning });
            }
        }

        return problems;
    }
}
