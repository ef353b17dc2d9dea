using System.Text.Json;

namespace PortGen.Tasks;

/// <summary>Reads settings files as the runtime's configuration will, and reports what it would reject or ignore (PG2001 to PG2003).</summary>
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

    /// <summary>The values of port settings in a file.</summary>
    public List<PortValue> Read(SettingsSource file)
    {
        try
        {
            return [.. SettingsKey.Of(SettingsFile.Read(file.Content)).Select(k => Read(file.Path, k)).OfType<PortValue>()];
        }
        catch (JsonException e)
        {
            var (line, column) = SettingsFile.PositionOf(e, file.Content);
            Report(PortRule.UnreadableFile, file.Path, line, column, Path.GetFileName(file.Path), SettingsFile.ReasonOf(e));
        }
        catch (InvalidOperationException e)
        {
            // A string is not valid Unicode.
            Report(PortRule.UnreadableFile, file.Path, 1, 1, Path.GetFileName(file.Path), e.Message);
        }

        return [];
    }

    private PortValue? Read(string file, SettingsKey key)
    {
        // A lookup finds a valid key; only a mistake is compared with every known name.
        var path = key.Path;
        var name = path.Length > 1 && _portNames.TryGetValue(path[1], out var known) ? known : null;
        PortSetting? setting = null;
        var isSetting = name is null
            ? path.Length == 2 && s_globals.TryGetValue(path[1], out setting)
            : path.Length == 3 && s_settings.TryGetValue(path[2], out setting);
        var isSection = key.IsSection && (isSetting || !key.IsList);
        var isRight = isSetting ? !key.IsSection : name is not null && path.Length == 2 && isSection;
        if (!isRight && SettingNames.Check(path, isSection, [.. _portNames.Values]) is { } mistake)
        {
            Report(mistake.Rule, file, key.Line, key.Column, mistake.Argument, mistake.Reason);
        }

        if (setting is null || key.Text is not { } text)
        {
            return null;
        }

        var isReadable = IsReadable(file, key, text, setting);
        return name is null ? null : new PortValue(name, setting, text, file, key.Line, key.Column) { IsReadable = isReadable };
    }

    private bool IsReadable(string file, SettingsKey key, string text, PortSetting setting)
    {
        var trimmed = text.Trim();
        if (PortSettingValue.Defect(setting.Kind, trimmed) is not { } defect)
        {
            return true;
        }

        Report(PortRule.InvalidSetting, file, key.Line, key.Column, $"'{text}' {defect}");
        return false;
    }

    private void Report(PortRule rule, string file, int line, int column, params object[] arguments) =>
        _problems.Add(new(rule, file, line, column, rule.Format(arguments)));
}
