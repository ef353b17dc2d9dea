using PortGen.Platform.Linux;
using PortGen.Platform.Portable;

namespace PortGen.Platform;

/// <summary>What the system knows about processes: one seam for Linux, one for the others.</summary>
internal abstract class ProcessTable
{
    public static ProcessTable System { get; } = OperatingSystem.IsLinux() ? new LinuxProcessTable() : new PortableProcessTable();

    /// <summary>This run of the machine.</summary>
    /// <exception cref="IOException">The system doesn't say.</exception>
    public abstract string BootId { get; }

    /// <summary>The namespace of this process's ids; empty where there are none.</summary>
    /// <exception cref="IOException">The system doesn't say.</exception>
    public abstract string PidNamespace { get; }

    /// <summary>The network of this process: port numbers of another are other ports. Empty where there are none, or the system doesn't say.</summary>
    public abstract string NetworkNamespace { get; }

    /// <summary>The user that this process acts as, as <see cref="ProcessFacts.Owner"/> has it.</summary>
    public abstract uint User { get; }

    /// <summary>Looks at a process.</summary>
    public abstract ProcessReading Read(int processId);

    /// <summary>Takes hold of a process, to signal it and to wait for it. Nothing is proven by that.</summary>
    public abstract ProcessHandle Open(int processId);
}

/// <summary>What was found under a process id.</summary>
/// <param name="Facts">The process; <see langword="null"/> if it is gone or can't be read.</param>
/// <param name="IsGone">Whether there is certainly no process of that id.</param>
internal sealed record ProcessReading(ProcessFacts? Facts, bool IsGone);

/// <summary>A running process.</summary>
/// <param name="StartTime">When it started, as the system counts it.</param>
/// <param name="Owner">Whom it belongs to.</param>
/// <param name="Executable">What it runs; <see langword="null"/> where that can't be read.</param>
/// <param name="EntryAssembly">The assembly on the command line of the dotnet host; <see langword="null"/> for other programs, and where it can't be read.</param>
internal sealed record ProcessFacts(long StartTime, uint Owner, string? Executable, string? EntryAssembly)
{
    /// <summary>Whether the executable says nothing about which application it is.</summary>
    public static bool IsDotnetHost(string executable) => Path.GetFileNameWithoutExtension(executable) == "dotnet";
}
