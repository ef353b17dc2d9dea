namespace PortGen.Tasks;

/// <summary>A problem in a settings file, or in declarations that no analyzer has checked.</summary>
/// <param name="Rule">The rule that is broken.</param>
/// <param name="File">The file as it was given; empty for the project.</param>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Column">The column, from 1, in characters; 0 for the file as a whole.</param>
/// <param name="Message">The rule's message, filled in.</param>
internal sealed record SettingsProblem(PortRule Rule, string File, int Line, int Column, string Message)
{
    /// <summary>The severity unless configured otherwise.</summary>
    public PortRuleSeverity Severity { get; init; } = Rule.Severity;

    /// <summary>The problem as one of a single environment, if its file doesn't say which.</summary>
    public SettingsProblem In(string environment) => this with { Message = $"In {environment}: {Message}" };
}
