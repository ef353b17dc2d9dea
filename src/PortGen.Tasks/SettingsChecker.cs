using System.Text.Json;

namespace PortGen.Tasks;

/// <summary>Something wrong in a settings file.</summary>
internal sealed record SettingsProblem(PortRule Rule, string File, int Line, int Column, string Message);

/// <summary>A settings file by its path and content.</summary>
internal sealed record SettingsSource(string Path, byte[] Content)
{
    /// <summary>The environment that reads the file; empty for <c>appsettings.json</c>, which all read.</summary>
    public string Environment => System.IO.Path.GetFileNameWithoutExtension(Path) is var name && name.IndexOf('.') is >= 0 and var dot
        ? name.Substring(dot + 1)
        : "";
}

/// <summary>Merges settings files over the manifest as the runtime will, and applies the rules to the outcome.</summary>
internal static class SettingsChecker
{
    /// <summary>The problems that some file's value takes part in; those of the attributes alone are the analyzers'.</summary>
    public static IReadOnlyList<SettingsProblem> Check(IReadOnlyList<DeclaredPort> manifest, IReadOnlyList<SettingsSource> files)
    {
        var problems = new List<SettingsProblem>();
        var read = files.Select(f => (Source: f, Values: Read(f, manifest, problems))).ToList();
        var common = read.Where(static f => f.Source.Environment.Length == 0).SelectMany(static f => f.Values).ToList();
        Apply(manifest, [common], isDevelopment: false, problems);
        foreach (var file in read.Where(static f => f.Source.Environment.Length > 0))
        {
            Apply(manifest, [common, file.Values], Same(file.Source.Environment, "Development"), problems);
        }

        return [.. problems.Distinct()];
    }

    private static List<Setting> Read(SettingsSource file, IReadOnlyList<DeclaredPort> manifest, List<SettingsProblem> problems)
    {
        try
        {
            var settings = new List<Setting>();
            var names = manifest.Select(static p => p.Name).ToList();
            foreach (var value in SettingsFile.Read(file.Content))
            {
                CheckKey(file.Path, value, names, problems);
                if (ToSetting(file.Path, value, manifest) is { } setting)
                {
                    settings.Add(setting);
                }
            }

            return settings;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var (line, column) = e is JsonException json ? ((int)(json.LineNumber ?? 0) + 1, (int)(json.BytePositionInLine ?? 0) + 1) : (1, 1);
            var reason = e.Message;
            problems.Add(new(PortRule.UnreadableFile, file.Path, line, column, PortRule.UnreadableFile.Format(Path.GetFileName(file.Path), reason)));
            return [];
        }
    }

    private static void CheckKey(string file, SettingsValue value, List<string> names, List<SettingsProblem> problems)
    {
        var path = value.Path.Split(':');
        var isNothing = value.Text is null && !value.IsContainer;
        if (isNothing || !Same(path[0], PortSetting.Section))
        {
            return;
        }

        if (SettingNames.Check(path, value.IsContainer, names) is { } mistake)
        {
            problems.Add(new(mistake.Rule, file, value.Line, value.Column, mistake.Rule.Format(mistake.Argument, mistake.Reason)));
        }
        else if (path.Length == 2 && value.Text is { } text && PortSetting.Globals.FirstOrDefault(s => Same(s.Key, path[1])) is { } setting
            && PortSettingValue.Defect(setting.Kind, text.Trim()) is { } defect)
        {
            problems.Add(new(PortRule.InvalidSetting, file, value.Line, value.Column, PortRule.InvalidSetting.Format($"'{text}' {defect}")));
        }
    }

    // "Ports:{name}:{Key}" with a value; everything else is somebody else's.
    private static Setting? ToSetting(string file, SettingsValue value, IReadOnlyList<DeclaredPort> manifest)
    {
        var path = value.Path.Split(':');
        if (path.Length != 3 || value.Text is null || !Same(path[0], PortSetting.Section))
        {
            return null;
        }

        var port = manifest.FirstOrDefault(p => Same(p.Name, path[1]));
        var setting = PortSetting.PerPort.FirstOrDefault(s => Same(s.Key, path[2]));
        return port is null || setting is null ? null : new Setting(port.Name, setting, value.Text, file, value.Line, value.Column);
    }

    private static void Apply(
        IReadOnlyList<DeclaredPort> manifest, IReadOnlyList<List<Setting>> levels, bool isDevelopment, List<SettingsProblem> problems)
    {
        var drafts = manifest.Select(p => Merge(p, levels, isDevelopment, problems)).ToList();
        foreach (var (problem, source) in PortDraft.Check(drafts))
        {
            // A suggestion is for the author of a service; whoever configures a port has decided.
            if (source is not null && problem.Rule.Severity > PortRuleSeverity.Info)
            {
                problems.Add(new(problem.Rule, source.File, source.Line, source.Column, problem.Message));
            }
        }
    }

    private static PortDraft<Setting> Merge(
        DeclaredPort declared, IReadOnlyList<List<Setting>> levels, bool isDevelopment, List<SettingsProblem> problems)
    {
        var draft = new PortDraft<Setting>
        {
            Name = declared.Name,
            Service = declared.Service,
            Port = new(declared.Port),
            Range = new(declared.Range),
            DevelopmentPort = new(declared.DevelopmentPort),
            HealthPath = declared.HealthPath,
        };
        for (var rank = 0; rank < levels.Count; rank++)
        {
            foreach (var setting in levels[rank].Where(s => s.PortName == declared.Name))
            {
                if (PortSettingValue.Defect(setting.Definition.Kind, setting.Text.Trim()) is { } defect)
                {
                    var message = PortRule.InvalidSetting.Format($"'{setting.Text}' {defect}");
                    problems.Add(new(PortRule.InvalidSetting, setting.File, setting.Line, setting.Column, message));
                }
                else
                {
                    Apply(draft, setting, rank);
                }
            }
        }

        draft.Decide(isDevelopment);
        return draft;
    }

    private static void Apply(PortDraft<Setting> draft, Setting setting, int rank)
    {
        PortSettingValue.TryParsePort(setting.Text, out var port);
        if (setting.Definition == PortSetting.Port)
        {
            draft.Port = new(port, setting, rank);
        }
        else if (setting.Definition == PortSetting.Range)
        {
            draft.Range = new(setting.Text, setting, rank);
        }
        else if (setting.Definition == PortSetting.DevelopmentPort)
        {
            draft.DevelopmentPort = new(port, setting, rank);
        }
        else if (setting.Definition == PortSetting.HealthPath)
        {
            draft.HealthPath = setting.Text;
        }
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>A value of a port's setting in a file.</summary>
    private sealed record Setting(string PortName, PortSetting Definition, string Text, string File, int Line, int Column);
}
