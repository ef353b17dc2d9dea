using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace PortGen.Tasks;

/// <summary>Reports problems to the build, each at the level the project sets for its rule.</summary>
internal sealed class ProblemLog
{
    private readonly TaskLoggingHelper _log;
    private readonly string _project;
    private readonly RuleSeverities _severities;

    /// <summary>Creates the log and first reports any invalid severities.</summary>
    /// <param name="log">Where to report.</param>
    /// <param name="project">The project file, for problems that don't have a file.</param>
    /// <param name="severities">The project's rule severities.</param>
    public ProblemLog(TaskLoggingHelper log, string project, RuleSeverities severities)
    {
        _log = log;
        _project = project;
        _severities = severities;
        foreach (var mistake in severities.Mistakes)
        {
            log.LogError("{0}", mistake);
        }
    }

    public void Report(SettingsProblem problem)
    {
        var (rule, line, column) = (problem.Rule, problem.Line, problem.Column);
        var file = problem.File.Length > 0 ? problem.File : _project;
        switch (_severities.Of(rule, problem.Severity))
        {
            case ReportLevel.Error:
                _log.LogError(null, rule.Id, null, rule.HelpLink, file, line, column, 0, 0, "{0}", problem.Message);
                break;
            case ReportLevel.Warning:
                _log.LogWarning(null, rule.Id, null, rule.HelpLink, file, line, column, 0, 0, "{0}", problem.Message);
                break;
            case ReportLevel.Message:
                _log.LogMessage(null, rule.Id, null, file, line, column, 0, 0, MessageImportance.Normal, "{0}", problem.Message);
                break;
        }
    }
}
