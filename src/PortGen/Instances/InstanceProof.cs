using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>What is known of the process behind a record.</summary>
internal enum InstanceState
{
    /// <summary>It runs, and it is the one that wrote the record.</summary>
    Running,

    /// <summary>It has certainly ended.</summary>
    Ended,

    /// <summary>Neither can be shown. Such a process is never signalled, and its file stays.</summary>
    Unproven,
}

/// <summary>The outcome of comparing a record with the system.</summary>
/// <param name="State">The outcome.</param>
/// <param name="Reason">Why it is not <see cref="InstanceState.Running"/>, for a message.</param>
internal sealed record InstanceProof(InstanceState State, string Reason)
{
    /// <summary>Compares a record with the process that has its id now.</summary>
    public static InstanceProof Of(InstanceRecord record, ProcessTable processes)
    {
        if (record.BootId != processes.BootId)
        {
            return Ended("the machine has been restarted since");
        }

        if (record.PidNamespace != processes.PidNamespace)
        {
            return Unproven("it runs in another pid namespace");
        }

        var reading = processes.Read(record.ProcessId);
        return reading switch
        {
            { IsGone: true } => Ended("the process has ended"),
            { Facts: null } => Unproven("the system doesn't show that process"),
            _ when reading.Facts.StartTime != record.StartTime => Ended("the process has ended and its id was used again"),
            _ => Compare(record, reading.Facts, processes.User),
        };
    }

    private static InstanceProof Compare(InstanceRecord record, ProcessFacts facts, uint user) => facts switch
    {
        _ when facts.Owner != user => Unproven("the process belongs to another user"),
        { Executable: null } => Unproven("the executable of the process can't be read"),
        _ when facts.Executable != record.Executable => Unproven("the process runs another program"),
        _ when ProcessFacts.IsDotnetHost(facts.Executable) && (facts.EntryAssembly is null || facts.EntryAssembly != record.EntryAssembly) =>
            Unproven("the process runs another assembly"),
        _ => new(InstanceState.Running, ""),
    };

    private static InstanceProof Ended(string reason) => new(InstanceState.Ended, reason);

    private static InstanceProof Unproven(string reason) => new(InstanceState.Unproven, reason);
}
