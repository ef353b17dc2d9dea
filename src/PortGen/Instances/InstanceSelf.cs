using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>This process as its instance file tells of it, in the very words that others will find in the system.</summary>
internal static class InstanceSelf
{
    /// <summary>The record, yet without ports.</summary>
    /// <exception cref="IOException">The system doesn't show this process to itself, so nobody could prove what it says.</exception>
    public static InstanceRecord Describe(ApplicationIdentity application, ProcessTable processes)
    {
        if (processes.Read(Environment.ProcessId).Facts is not { Executable: { } executable } facts)
        {
            throw new IOException("the system doesn't show this process");
        }

        return new InstanceRecord
        {
            Format = InstanceRecord.CurrentFormat,
            Application = application.Name,
            Id = application.Id,
            State = InstanceRecord.Starting,
            ProcessId = Environment.ProcessId,
            StartTime = facts.StartTime,
            BootId = processes.BootId,
            PidNamespace = processes.PidNamespace,
            NetworkNamespace = processes.NetworkNamespace,
            Executable = executable,
            EntryAssembly = facts.EntryAssembly,
            Ports = [],
        };
    }
}
