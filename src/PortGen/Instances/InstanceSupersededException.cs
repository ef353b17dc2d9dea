using System.Globalization;

namespace PortGen.Instances;

/// <summary>A start with force restart that came too late: one that began after it has taken over already, and would have ended it a moment ago.</summary>
internal sealed class InstanceSupersededException(InstanceRecord later)
    : OperationCanceledException(string.Create(CultureInfo.InvariantCulture, $"A later start with force restart, pid {later.ProcessId}, has taken over."));
