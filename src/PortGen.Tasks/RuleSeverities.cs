namespace PortGen.Tasks;

/// <summary>How much a broken rule matters in a project.</summary>
internal enum ReportLevel
{
    None,
    Message,
    Warning,
    Error,
}

/// <summary>The project's properties about rules: the compiler's (NoWarn and the like), and a severity for each rule.</summary>
internal sealed class RuleSeverities
{
    private static readonly char[] s_separators = [';', ',', ' ', '\t', '\r', '\n'];

    private static readonly Dictionary<string, ReportLevel> s_levels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["error"] = ReportLevel.Error,
        ["warning"] = ReportLevel.Warning,
        ["suggestion"] = ReportLevel.Message,
        ["info"] = ReportLevel.Message,
        ["silent"] = ReportLevel.None,
        ["none"] = ReportLevel.None,
    };

    private readonly Dictionary<string, ReportLevel> _configured = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _mistakes = [];

    /// <summary>Reads <c>id=severity</c> entries, separated by semicolons; an empty severity is ignored.</summary>
    public RuleSeverities(string? severities)
    {
        foreach (var entry in Split(severities))
        {
            var parts = entry.Split(['='], 2);
            if (parts.Length != 2 || parts[1].Length == 0)
            {
                continue;
            }

            if (s_levels.TryGetValue(parts[1], out var level))
            {
                _configured[parts[0]] = level;
            }
            else
            {
                _mistakes.Add($"Property PortGenSeverity_{parts[0]} is '{parts[1]}': write error, warning, suggestion or none");
            }
        }
    }

    public string? NoWarn { get; init; }

    public bool TreatWarningsAsErrors { get; init; }

    public string? WarningsAsErrors { get; init; }

    public string? WarningsNotAsErrors { get; init; }

    /// <summary>Messages about invalid severities.</summary>
    public IReadOnlyList<string> Mistakes => _mistakes;

    /// <summary>
    /// The level of a rule. As with the compiler and MSBuild, <c>NoWarn</c> silences whatever it names, only a warning is raised to an error, and
    /// <c>WarningsNotAsErrors</c> is an exception to <c>TreatWarningsAsErrors</c> alone: for a rule in both lists, <c>WarningsAsErrors</c> wins.
    /// </summary>
    public ReportLevel Of(PortRule rule) => Of(rule, rule.Severity);

    /// <summary>The same for a case of the rule with its own default severity.</summary>
    public ReportLevel Of(PortRule rule, PortRuleSeverity severity)
    {
        if (Names(NoWarn, rule))
        {
            return ReportLevel.None;
        }

        var level = _configured.TryGetValue(rule.Id, out var configured) ? configured : severity switch
        {
            PortRuleSeverity.Error => ReportLevel.Error,
            PortRuleSeverity.Warning => ReportLevel.Warning,
            _ => ReportLevel.Message,
        };
        var isRaised = Names(WarningsAsErrors, rule) || (TreatWarningsAsErrors && !Names(WarningsNotAsErrors, rule));
        return level == ReportLevel.Warning && isRaised ? ReportLevel.Error : level;
    }

    private static bool Names(string? list, PortRule rule) => Split(list).Contains(rule.Id, StringComparer.OrdinalIgnoreCase);

    private static string[] Split(string? list) => (list ?? "").Split(s_separators, StringSplitOptions.RemoveEmptyEntries);
}
