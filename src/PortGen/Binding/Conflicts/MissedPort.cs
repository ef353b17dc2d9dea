using System.Net.Sockets;
using PortGen.Configuration;

namespace PortGen.Binding.Conflicts;

/// <summary>A port of the plan with the numbers that it could not have, and why.</summary>
internal sealed record MissedPort(PlannedPort Port, IReadOnlyDictionary<int, SocketException> Failures);
