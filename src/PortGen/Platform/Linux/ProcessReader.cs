using System.Globalization;
using System.Text;

namespace PortGen.Platform.Linux;

/// <summary>Reads from Linux's /proc what a message tells of a process (proc(5)). What can't be read is left out.</summary>
internal static class ProcessReader
{
    private const int LongestCommand = 200;
    private const int LongestName = 64;

    /// <summary>What can be read of a process.</summary>
    public static ProcessDetails Read(string id)
    {
        var directory = "/proc/" + id;
        return new ProcessDetails
        {
            Id = int.Parse(id, CultureInfo.InvariantCulture),
            Name = Try(() => Printable(File.ReadAllText(directory + "/comm").TrimEnd('\n'), LongestName)),
            Command = Try(() => Command(directory)),
            User = Try(() => UserId(directory)) is { } user ? UserName(user) : null,
            StartedAt = Try(() => StartTime(directory)),
        };
    }

    /// <summary>The name of a user, or the number where /etc/passwd doesn't have it. No other directory is asked: one on the network may take long.</summary>
    public static string UserName(uint id)
    {
        var number = id.ToString(CultureInfo.InvariantCulture);
        return Try(() => FindUser(number)) is { } name ? Printable(name, LongestName) : number;
    }

    /// <summary>A text from outside as it may stand in a log: on one line, of limited length, without invisible characters.</summary>
    public static string Printable(string text, int longest)
    {
        var printable = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (printable.Length + rune.Utf16SequenceLength >= longest)
            {
                return printable.Append('…').ToString();
            }

            var isVisible = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            printable.Append(isVisible ? rune.ToString() : "?");
        }

        return printable.ToString();
    }

    /// <summary>The executable and what it runs.</summary>
    public static string? Command(string directory)
    {
        if (new FileInfo(directory + "/exe").LinkTarget is not { } executable)
        {
            return null;
        }

        Span<byte> start = stackalloc byte[4096];
        using var file = File.OpenHandle(directory + "/cmdline");
        var arguments = Encoding.UTF8.GetString(start[..RandomAccess.Read(file, start, 0)]).Split('\0');
        return Printable(Script(directory, arguments) is { } script ? $"{executable} {script}" : executable, LongestCommand);
    }

    // What an interpreter runs says more than the interpreter. Any other argument may be a secret, so it must be the first, and a file.
    private static string? Script(string directory, string[] arguments)
    {
        var script = arguments.Skip(1).FirstOrDefault(static a => a is not ("exec" or "-jar"));
        return !string.IsNullOrEmpty(script) && script[0] != '-' && File.Exists(directory + (script[0] == '/' ? "/root" : "/cwd/") + script) ? script : null;
    }

    // "name:password:number:..."
    private static string? FindUser(string number)
    {
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            if (line.Split(':') is [var name, _, var id, ..] && id == number)
            {
                return name;
            }
        }

        return null;
    }

    // "Uid: real effective saved file-system"
    private static uint? UserId(string directory)
    {
        foreach (var line in File.ReadLines(directory + "/status"))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal))
            {
                return uint.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    private static DateTimeOffset? StartTime(string directory)
    {
        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        return ProcessStat.Read(directory) is { } stat
            ? DateTimeOffset.UtcNow.AddSeconds(((double)stat.StartTime / ProcessStat.TicksPerSecond) - uptime)
            : null;
    }

    private static T? Try<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return default;
        }
    }
}
