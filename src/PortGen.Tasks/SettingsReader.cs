using System.Text.Json;

namespace PortGen.Tasks;

/// <summary>Reads settings files as the runtime's configuration will, and reports what it would refuse or nobody would read (PG2001 to PG2003).</summary>
internal sealed class SettingsReader
{
    private static readonly Dictionary<string, PortSetting> s_settings = PortSetting.PerPort.ToDictionary(static s => s.Key, StringComparer.OrdinalIgnoreCase);
    private static readonly Dictionary<string, PortSetting> s_globals = PortSetting.Globals.ToDictionary(static s => s.Key, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, string> _portNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SettingsProblem> _problems;

    /// <summary>Creates the reader for the ports of a manifest.</summary>
    public SettingsReader(IReadOnlyList<DeclaredPort> manifest, List<SettingsProblem> problems)
    {
        _problems = problems;
        foreach (var port in manifest)
        {
            _portNames[port.Name] = port.Name;
        }
    }

    /// <summary>The values of ports' settings in a file.</summary>
    public List<PortValue> Read(SettingsSource file)
    {
        try
        {
            return [.. WithoutElements(SettingsFile.Read(file.Content)).Select(v => Read(file.Path, v)).OfType<PortValue>()];
        }
        catch (JsonException e)
        {
            var (line, column) = SettingsFile.PositionOf(e, file.Content);
            Report(PortRule.UnreadableFile, file.Path, line, column, Path.GetFileName(file.Path), SettingsFile.ReasonOf(e));
        }
        catch (InvalidOperationException e)
        {
            // A text that is no Unicode.
            Report(PortRule.UnreadableFile, file.Path, 1, 1, Path.GetFileName(file.Path), e.Message);
        }

        return [];
    }

    // Of a list where a section belongs, the list is the mistake, not each element.
    private static IEnumerable<SettingsValue> WithoutElements(IReadOnlyList<SettingsValue> values)
    {
        var list = "";
        foreach (var value in values)
        {
            if (list.Length == 0 || !value.Path.StartsWith(list, StringComparison.Ordinal))
            {
                list = IsList(value) ? value.Path + ":" : "";
                yield return value;
            }
        }
    }

    // A list that stands where the section or that of a port belongs.
    private static bool IsList(SettingsValue value) => value.IsArray && value.Path.Split(':') is { Length: <= 2 } path
        && string.Equals(path[0], PortSetting.Section, StringComparison.OrdinalIgnoreCase);

    private PortValue? Read(string file, SettingsValue value)
    {
        var path = value.Path.Split(':');
        var saysNothing = value.Text is null && !value.IsContainer && path.Length > 1;
        if (saysNothing || !string.Equals(path[0], PortSetting.Section, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // What is right is seen at once; only a mistake is compared with every name there is.
        var name = path.Length > 1 && _portNames.TryGetValue(path[1], out var known) ? known : null;
        var isSection = value.IsContainer && !IsList(value);
        if (path.Length == 2 && name is not null && isSection)
        {
            return null;
        }

        if (path.Length == 3 && name is not null && value.Text is { } text && s_settings.TryGetValue(path[2], out var setting))
        {
            return IsReadable(file, value, setting) ? new PortValue(name, setting, text, file, value.Line, value.Column) : null;
        }

        if (SettingNames.Check(path, isSection, [.. _portNames.Values]) is { } mistake)
        {
            Report(mistake.Rule, file, value.Line, value.Column, mistake.Argument, mistake.Reason);
        }
        else if (path.Length == 2 && value.Text is not null && s_globals.TryGetValue(path[1], out setting))
        {
            IsReadable(file, value, setting);
        }

        return null;
    }

    private bool IsReadable(string file, SettingsValue value, PortSetting setting)
    {
        var text = value.Text!.Trim();
        var defect = PortSettingValue.Defect(setting.Kind, text)
            ?? (setting == PortSetting.ExternalPort && PortSettingValue.TryParsePort(text, out var port) && port is < 1 or > PortNumber.Max ? "is no port outside: write 1 to 65535" : null);
        if (defect is not null)
        {
            Report(PortRule.InvalidSetting, file, value.Line, value.Column, $"'{value.Text}' {defect}");
        }

        return defect is null;
    }

    private void Report(PortRule rule, string file, int line, int column, params object[] arguments) =>
        _problems.Add(new(rule, file, line, column, rule.Format(arguments)));
}
