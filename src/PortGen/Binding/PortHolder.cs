using System.Globalization;

namespace PortGen.Binding;

/// <summary>The process that listens on a port somebody else wanted.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="ProcessName">Its name; <see langword="null"/> where it can't be read.</param>
internal sealed record PortHolder(int ProcessId, string? ProcessName)
{
    public override string ToString() => ProcessId == Environment.ProcessId
        ? "this process"
        : string.Create(CultureInfo.InvariantCulture, $"{ProcessName ?? "a process"} (pid {ProcessId})");
}
