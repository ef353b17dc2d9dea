using System.Diagnostics.CodeAnalysis;

namespace PortGen.Configuration;

/// <summary>Reads settings from the levels of a configuration: by key or variable, each with its origin. What can't be read is reported.</summary>
internal sealed class SettingReader(IReadOnlyList<ConfigurationLevel> levels, PlanFindings findings)
{
    // What a platform documents to set in every container of its: Kubernetes, Cloud Run and Knative, Heroku, Azure Container Apps, Amazon ECS.
    private static readonly string[] s_platforms = ["KUBERNETES_SERVICE_HOST", "K_SERVICE", "DYNO", "CONTAINER_APP_NAME", "ECS_CONTAINER_METADATA_URI_V4"];

    /// <summary>The configured value of a port's setting.</summary>
    public ConfiguredValue? Find(PortDefinition definition, PortSetting setting)
    {
        var key = Key(definition, setting);
        var variable = setting.AliasSuffix is null ? null : PortName.ToVariable(definition.Name) + setting.AliasSuffix;
        foreach (var level in levels)
        {
            if (level.TryGetKey(key, out var value) || (variable is not null && TryGetAlias(level, setting, variable, definition, out value)))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The configured value of a setting of the application.</summary>
    public ConfiguredValue? Find(PortSetting setting)
    {
        var key = $"{PortSetting.Section}:{setting.Key}";
        foreach (var level in levels)
        {
            if (level.TryGetKey(key, out var value) || (setting.Variable is { } variable && level.TryGetVariable(variable, out value)))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The preferred port. The port's own key beats its variable, and that beats PORT, within a level; between levels the higher one decides.</summary>
    public ConfiguredValue? FindPort(PortDefinition definition, bool ownsGenericPort)
    {
        var key = Key(definition, PortSetting.Port);
        var variable = PortName.ToVariable(definition.Name) + PortSetting.Port.AliasSuffix;
        foreach (var level in levels)
        {
            if (level.TryGetKey(key, out var value)
                || TryGetAlias(level, PortSetting.Port, variable, definition, out value)
                || (ownsGenericPort && level.TryGetVariable(PortSetting.GenericPortVariable, out value)))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Whether the generic PORT variable says something.</summary>
    public bool HasGenericPort() => levels.Any(static l => l.TryGetVariable(PortSetting.GenericPortVariable, out _));

    /// <summary>The range, as one text or as two halves.</summary>
    public ConfiguredValue? FindRange(PortDefinition definition)
    {
        var key = Key(definition, PortSetting.Range);
        var stem = PortName.ToVariable(definition.Name);
        var variable = stem + PortSetting.Range.AliasSuffix;
        foreach (var level in levels)
        {
            if (level.TryGetKey(key, out var value)
                || level.TryGetVariable(variable, out value)
                || TryJoinRange(level, stem, definition, out value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The interface, the port's own or that of all.</summary>
    public ConfiguredValue? FindHost(PortDefinition definition)
    {
        var key = Key(definition, PortSetting.Host);
        var variable = PortName.ToVariable(definition.Name) + PortSetting.Host.AliasSuffix;
        foreach (var level in levels)
        {
            if (level.TryGetKey(key, out var value) || level.TryGetVariable(variable, out value))
            {
                return value;
            }

            if (level.TryGetVariable(PortSetting.AllInterfacesVariable, out value) && ReadBoolean(value))
            {
                return value with { Text = PortSettingValue.AllInterfaces };
            }
        }

        return null;
    }

    /// <summary>
    /// What says that this is a container: images of .NET, container managers (Podman, systemd-nspawn and LXC set <c>container</c> to their name) and
    /// platforms do. A host name that looks like a container's proves nothing.
    /// </summary>
    public ConfiguredValue? FindContainer()
    {
        foreach (var level in levels)
        {
            if (level.TryGetVariable("DOTNET_RUNNING_IN_CONTAINER", out var value) && PortSettingValue.TryParseBoolean(value.Text, out var runs) && runs)
            {
                return value;
            }

            if (level.FindSpellings("CONTAINER").FirstOrDefault(static v => !PortSettingValue.IsNo(v.Text)) is { } container)
            {
                return container;
            }

            foreach (var variable in s_platforms)
            {
                if (level.TryGetVariable(variable, out value))
                {
                    return value;
                }
            }
        }

        return null;
    }

    /// <summary>The number, or <see langword="null"/> where none is configured or it can't be read.</summary>
    public int? ReadPort(PortSetting setting, ConfiguredValue? source)
    {
        if (source is not { } value || !IsReadable(setting, value))
        {
            return null;
        }

        PortSettingValue.TryParsePort(value.Text, out var port);
        return port;
    }

    /// <summary>The text, a path or a URL; <see langword="null"/> for none, which an empty text says, or where it can't be read.</summary>
    public string? ReadText(PortSetting setting, ConfiguredValue value) =>
        IsReadable(setting, value) && value.Text.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The value; <see langword="false"/> where it can't be read.</summary>
    public bool ReadBoolean(ConfiguredValue value)
    {
        IsReadable(PortSetting.Required, value);
        return PortSettingValue.TryParseBoolean(value.Text, out var result) && result;
    }

    /// <summary>Whether the setting can take the value; reported where it can't.</summary>
    public bool IsReadable(PortSetting setting, ConfiguredValue value)
    {
        if (PortSettingValue.Defect(setting.Kind, value.Text.Trim()) is not { } defect)
        {
            return true;
        }

        findings.Report(PortRule.InvalidSetting, value, $"'{value.Text}' {defect}");
        return false;
    }

    private bool TryJoinRange(ConfigurationLevel level, string stem, PortDefinition definition, out ConfiguredValue? range)
    {
        range = null;
        level.TryGetVariable(stem + PortSetting.RangeStartSuffix, out var start);
        level.TryGetVariable(stem + PortSetting.RangeEndSuffix, out var end);
        if (start is not null && end is not null)
        {
            range = Join(stem, start, end);
            return true;
        }

        if ((start ?? end) is { } half)
        {
            var missing = stem + (end is null ? PortSetting.RangeEndSuffix : PortSetting.RangeStartSuffix);
            findings.Report(PortRule.InvalidSetting, half, $"'{half.Text}' is half a range of port '{definition.Name}': set {missing} too");
        }

        return false;
    }

    private static ConfiguredValue Join(string stem, ConfiguredValue start, ConfiguredValue end) => new(
        $"{start.Text.Trim()}-{end.Text.Trim()}",
        start.Rank,
        () => $"environment variables {stem}{PortSetting.RangeStartSuffix} and {stem}{PortSetting.RangeEndSuffix}");

    // The port of another Service is not meant for this application. Kubernetes sets neither ranges nor interfaces.
    private bool TryGetAlias(
        ConfigurationLevel level, PortSetting setting, string variable, PortDefinition definition, [NotNullWhen(true)] out ConfiguredValue? value)
    {
        if (!level.TryGetVariable(variable, out value) || setting.Kind != PortSettingKind.Port || ServiceLink.CompanionOf(variable, level) is not { } companion)
        {
            return value is not null;
        }

        findings.Note(
            $"Environment variable {variable} is ignored: beside {companion} it is the port of a Kubernetes Service, not one to listen on. "
            + $"To configure port '{definition.Name}', set {Key(definition, setting)}");
        value = null;
        return false;
    }

    private static string Key(PortDefinition definition, PortSetting setting) => $"{PortSetting.Section}:{definition.Name}:{setting.Key}";
}
