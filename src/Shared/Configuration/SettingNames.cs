namespace PortGen;

/// <summary>Checks that the configuration section <c>Ports</c> has only known keys (PG2002, PG2003): anything else is a typo.</summary>
internal static class SettingNames
{
    /// <summary>The rule that a key breaks with the arguments of its message, or <see langword="null"/>.</summary>
    /// <param name="path">The key's parts, starting with <c>Ports</c>. Anything below a wrong key is ignored.</param>
    /// <param name="isSection">Whether it has keys below it.</param>
    /// <param name="portNames">The application's ports.</param>
    public static (PortRule Rule, string Argument, string Reason)? Check(IReadOnlyList<string> path, bool isSection, IReadOnlyList<string> portNames)
    {
        var text = string.Join(":", path);
        return path.Count switch
        {
            1 => isSection ? null : NotASection(path[0], portNames),
            2 when Find(PortSetting.Globals, path[1]) => isSection ? Invalid($"'{text}' takes one value, not several") : null,
            2 when portNames.Contains(path[1], StringComparer.OrdinalIgnoreCase) => isSection ? null : NotASection(text),
            2 when IsIndex(path[1]) => NotASection(path[0], portNames),
            2 => (PortRule.UnknownPortName, path[1], Nearest(path[1], [.. portNames, .. PortSetting.Globals.Select(static s => s.Key)]) is { } name
                ? $"did you mean '{name}'?"
                : $"the ports are {string.Join(", ", portNames.OrderBy(static n => n, StringComparer.Ordinal))}"),
            3 when !portNames.Contains(path[1], StringComparer.OrdinalIgnoreCase) => null,
            3 when IsIndex(path[2]) => NotASection(path[0] + ":" + path[1]),
            3 when Find(PortSetting.PerPort, path[2]) => isSection ? Invalid($"'{text}' takes one value, not several") : null,
            3 => Invalid(Nearest(path[2], [.. PortSetting.PerPort.Select(static s => s.Key)]) is { } key
                ? $"'{text}' is not a setting: did you mean '{key}'?"
                : $"'{text}' is not a setting: the settings are {string.Join(", ", PortSetting.PerPort.Select(static s => s.Key))}"),
            _ => null,
        };
    }

    /// <summary>The candidate that is one or two typos away from <paramref name="text"/>, or <see langword="null"/>.</summary>
    internal static string? Nearest(string text, IReadOnlyList<string> candidates) => candidates
        .Select(c => (Candidate: c, Distance: Distance(text.ToUpperInvariant(), c.ToUpperInvariant())))
        .Where(c => c.Distance <= Math.Min(2, c.Candidate.Length / 2))
        .OrderBy(static c => c.Distance)
        .ThenBy(static c => c.Candidate, StringComparer.Ordinal)
        .Select(static c => c.Candidate)
        .FirstOrDefault();

    private static bool Find(IReadOnlyList<PortSetting> settings, string key) => settings.Any(s => string.Equals(s.Key, key, StringComparison.OrdinalIgnoreCase));

    private static (PortRule, string, string)? NotASection(string path, IReadOnlyList<string> portNames) =>
        Invalid($"'{path}' is a section: write {path}:{portNames.OrderBy(static n => n, StringComparer.Ordinal).FirstOrDefault()}:{PortSetting.Port.Key}");

    private static (PortRule, string, string)? NotASection(string path) => Invalid($"'{path}' is a section: write {path}:{PortSetting.Port.Key}");

    // The configuration turns a list into keys 0, 1, 2...
    private static bool IsIndex(string key) => key.Length > 0 && key.All(static c => c is >= '0' and <= '9');

    private static (PortRule, string, string)? Invalid(string reason) => (PortRule.InvalidSetting, reason, "");

    // Letters added, left out, changed, or two neighbours swapped (optimal string alignment).
    internal static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2)
        {
            return int.MaxValue;
        }

        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
