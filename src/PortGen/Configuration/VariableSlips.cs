namespace PortGen.Configuration;

/// <summary>
/// Names that look like a typing error of PortGen's own and that are never read: <c>LOKUP_PORT</c> beside a port <c>lookup</c>. Other programs set variables too, so
/// similarity is not enough: the value must fit, and the variable that was probably meant must not be set.
/// </summary>
internal static class VariableSlips
{
    private const string OwnPrefix = "PORTGEN_";

    private static readonly (string Suffix, PortSettingKind Kind)[] s_suffixes =
    [
        .. PortSetting.PerPort.Where(static s => s.AliasSuffix is not null).Select(static s => (s.AliasSuffix!, s.Kind)),
        (PortSetting.RangeStartSuffix, PortSettingKind.Port),
        (PortSetting.RangeEndSuffix, PortSettingKind.Port),
    ];

    // What belongs to no port.
    private static readonly (string Name, PortSettingKind Kind)[] s_globals =
    [
        (PortSetting.AllInterfacesVariable, PortSettingKind.Boolean),
        .. PortSetting.Globals.Where(static s => s.Variable is not null).Select(static s => (s.Variable!, s.Kind)),
    ];

    /// <summary>Warns of each.</summary>
    public static void Warn(IReadOnlyList<ConfigurationLevel> levels, IReadOnlyList<string> portNames, PlanFindings findings)
    {
        var stems = portNames.Select(static n => (Stem: PortName.ToVariable(n), Name: n)).ToList();
        foreach (var level in levels)
        {
            var keys = level.TopKeys.ToList();
            foreach (var key in keys)
            {
                if (IsSection(key) && level.HasKeysBelow(key) && portNames.FirstOrDefault(n => level.Mentions($"{key}:{n}")) is { } port)
                {
                    findings.Warn($"{level.DescribeKey($"{key}:{port}")} is ignored: did you mean {PortSetting.Section}:{port}? Keys of ports are in the section {PortSetting.Section}");
                }
            }

            if (level.HasVariables)
            {
                WarnOfVariables(level, keys, stems, findings);
            }
        }
    }

    private static void WarnOfVariables(ConfigurationLevel level, List<string> keys, List<(string Stem, string Name)> stems, PlanFindings findings)
    {
        foreach (var key in keys)
        {
            var variable = key.ToUpperInvariant();
            if (!IsOurs(variable, stems) && level.TryGetVariable(key, out var value) && Meant(variable, value.Text.Trim(), stems) is { } meant
                && !level.TryGetVariable(meant, out _) && ServiceLink.CompanionOf(variable, level) is null)
            {
                findings.Warn($"Environment variable {EnvironmentLevel.Spell(key)} is ignored: did you mean {meant}?");
            }
        }
    }

    // "Port" is what one writes for "Ports"; anything else that near hardly has a key of a port's name below it.
    private static bool IsSection(string key) =>
        !key.Equals(PortSetting.Section, StringComparison.OrdinalIgnoreCase) && SettingNames.Distance(key.ToUpperInvariant(), PortSetting.Section.ToUpperInvariant()) == 1;

    private static bool IsOurs(string variable, List<(string Stem, string Name)> stems) =>
        Array.Exists(s_globals, g => g.Name == variable)
        || Array.Exists(s_suffixes, s => variable.EndsWith(s.Suffix, StringComparison.Ordinal) && stems.Exists(p => IsJoined(variable, p.Stem, s.Suffix)));

    private static bool IsJoined(string variable, string stem, string suffix) =>
        variable.Length == stem.Length + suffix.Length && variable.StartsWith(stem, StringComparison.Ordinal) && variable.EndsWith(suffix, StringComparison.Ordinal);

    private static string? Meant(string variable, string value, List<(string Stem, string Name)> stems)
    {
        foreach (var (name, kind) in s_globals)
        {
            if (SettingNames.Distance(variable, name) <= 2 && PortSettingValue.Defect(kind, value) is null)
            {
                return name;
            }
        }

        if (variable.StartsWith(OwnPrefix, StringComparison.Ordinal))
        {
            return SettingNames.Nearest(variable, [.. s_globals.Select(static g => g.Name)]);
        }

        foreach (var (suffix, kind) in s_suffixes)
        {
            if (PortSettingValue.Defect(kind, value) is not null)
            {
                continue;
            }

            // One of the two is as it should be: the name before the ending, or the ending.
            var written = variable.EndsWith(suffix, StringComparison.Ordinal) ? variable[..^suffix.Length] : null;
            var index = stems.FindIndex(p => written is not null ? IsSlipOfName(written, p.Stem)
                : variable.StartsWith(p.Stem, StringComparison.Ordinal) && IsSlipOfEnding(variable[p.Stem.Length..], suffix));
            if (index >= 0)
            {
                return stems[index].Stem + suffix;
            }
        }

        return null;
    }

    // Of short names another letter makes another word (REST and TEST, API and APP), and a number is meant.
    private static bool IsSlipOfName(string written, string stem) =>
        SettingNames.Distance(written, stem) is var distance and > 0
        && distance <= (stem.Length >= 8 ? 2 : 1)
        && Digits(written) == Digits(stem)
        && (stem.Length >= 5 || (written.Length == stem.Length ? AreSwapped(written, stem) : stem.Length == 4));

    private static bool IsSlipOfEnding(string written, string suffix) =>
        SettingNames.Distance(written, suffix) is var distance and > 0 && distance <= (suffix.Length >= 8 ? 2 : 1) && Digits(written).Length == 0;

    private static bool AreSwapped(string a, string b) => a.Order().SequenceEqual(b.Order());

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
