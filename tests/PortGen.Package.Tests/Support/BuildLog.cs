using Microsoft.Build.Logging.StructuredLogger;
using MSBuildTask = Microsoft.Build.Logging.StructuredLogger.Task;

namespace PortGen.Package.Tests.Support;

/// <summary>What a binary log says of PortGen's tasks.</summary>
internal static class BuildLog
{
    private static readonly string[] s_tasks = ["CheckPortSettings", "GetContainerPorts"];

    /// <summary>How often any of PortGen's tasks ran.</summary>
    public static int TaskRuns(string log)
    {
        var runs = 0;
        var build = BinaryLog.ReadBuild(log);
        build.VisitAllChildren<MSBuildTask>(t => runs += s_tasks.Contains(t.Name) ? 1 : 0);
        var targets = 0;
        build.VisitAllChildren<Target>(_ => targets++);
        Assert.True(targets > 0, "the log has no target, so it says nothing of tasks");
        return runs;
    }
}
