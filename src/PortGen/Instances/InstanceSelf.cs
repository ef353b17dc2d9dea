using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>This process as its instance file tells of it, in the very words that others will find in the system.</summary>
internal static class InstanceSelf
{
    /// <summary>The record, yet without ports.</summary>
    /// <exception cref="IOException">The system doesn't show this process to itself, so nobody could prove what it says.</exception>
    public static InstanceRecord Describe(string application, string contentRoot, ProcessTable processes)
    {
        if (processes.Read(Environment.ProcessId).Facts is not { Executable: { } executable } facts)
        {
            throw new IOException("the system doesn't show this process");
        }

        return new InstanceRecord
        {
            Application = application,
            ContentRoot = contentRoot,
            ProcessId = Environment.ProcessId,
            StartTime = facts.StartTime,
            BootId = processes.BootId,
            PidNamespace = processes.PidNamespace,
            Executable = executable,
            EntryAssembly = facts.EntryAssembly,
            Ports = [],
        };
    }
}
