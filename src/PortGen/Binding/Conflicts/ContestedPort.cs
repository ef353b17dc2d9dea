namespace PortGen.Binding.Conflicts;

/// <summary>A port number on a host that could not be had.</summary>
/// <param name="Host"><c>localhost</c>, <c>*</c> or an IP address.</param>
/// <param name="Number">The port number.</param>
internal sealed record ContestedPort(string Host, int Number);
