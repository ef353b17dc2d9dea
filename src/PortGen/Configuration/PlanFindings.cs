namespace PortGen.Configuration;

/// <summary>What is wrong or remarkable in the configuration, collected while the plan is made.</summary>
internal sealed class PlanFindings
{
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];
    private readonly List<string> _notes = [];

    /// <summary>One message for each broken rule. If there is one, there is no plan.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>What the operator should know though nothing is wrong.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>What was decided that the operator may wonder about.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>A rule is broken by a configured value.</summary>
    public void Report(PortRule rule, ConfiguredValue source, params object[] arguments) =>
        Add(rule, rule.Format(arguments), source);

    /// <summary>A rule is broken by a value, or by an attribute where <paramref name="source"/> is <see langword="null"/>.</summary>
    public void Add(PortRule rule, string message, ConfiguredValue? source)
    {
        var text = $"{rule.Id}: {message} (from {new ValueSource(source)})";
        if (rule.Severity == PortRuleSeverity.Error)
        {
            // Two readers of one value find the same mistake.
            if (!_errors.Contains(text))
            {
                _errors.Add(text);
            }
        }
        else if (rule.Severity == PortRuleSeverity.Warning && source is not null)
        {
            // Of an attribute's value the compiler has warned already.
            Warn(text);
        }
    }

    /// <summary>Adds a warning.</summary>
    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>Adds a note. Two readers of one value find the same.</summary>
    public void Note(string note)
    {
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }
}
