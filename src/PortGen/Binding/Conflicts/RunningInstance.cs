namespace PortGen.Binding.Conflicts;

/// <summary>A running process that is proven to be another instance of this application.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="Ports">The port numbers that it says it holds.</param>
internal sealed record RunningInstance(int ProcessId, IReadOnlyList<int> Ports);
