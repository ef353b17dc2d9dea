using System.Globalization;

namespace PortGen.Platform.Linux;

/// <summary>What Linux tells of a process in /proc/pid/stat (proc(5)).</summary>
/// <param name="State">A letter: Z for a process that has ended and whose parent has not taken note.</param>
/// <param name="StartTime">When it started, in ticks after the machine did.</param>
internal readonly record struct ProcessStat(string State, long StartTime)
{
    /// <summary>What the kernel shows to programs, whatever it counts in itself.</summary>
    public const int TicksPerSecond = 100;

    private const int StateField = 0;
    private const int StartTimeField = 19;

    /// <summary>Reads the file of a process's folder; <see langword="null"/> if it is in no form known.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static ProcessStat? Read(string folder)
    {
        // "pid (name) state ppid ...": the name may hold blanks and brackets, so what counts begins behind the last bracket.
        var text = File.ReadAllText(Path.Combine(folder, "stat"));
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartTimeField && long.TryParse(fields[StartTimeField], NumberStyles.None, CultureInfo.InvariantCulture, out var startTime)
            ? new ProcessStat(fields[StateField], startTime)
            : null;
    }
}
