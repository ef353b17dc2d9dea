using System.Globalization;

namespace PortGen.Tests.Support;

/// <summary>What a process listens on, as the kernel tells it (proc(5)).</summary>
internal static class ListeningPorts
{
    private const string Listen = "0A";

    public static IReadOnlySet<int> Of(int processId)
    {
        var sockets = new DirectoryInfo($"/proc/{processId}/fd").GetFiles().Select(static f => f.LinkTarget).ToHashSet();
        return ((string[])["tcp", "tcp6"])
            .SelectMany(table => File.ReadAllLines($"/proc/{processId}/net/{table}").Skip(1))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[3] == Listen && sockets.Contains($"socket:[{fields[9]}]"))
            .Select(static fields => int.Parse(fields[1][(fields[1].IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToHashSet();
    }
}
