using Microsoft.Extensions.Configuration;

namespace PortGen.Configuration;

/// <summary>PG2002, PG2003: a key that is never read is a typing error.</summary>
internal sealed class SettingKeys(IConfiguration configuration, IReadOnlyList<ConfigurationLevel> levels, PlanFindings findings)
{
    /// <summary>Reports every key of the section that is not a setting of these ports.</summary>
    public void Check(IReadOnlyList<string> portNames)
    {
        foreach (var level in levels)
        {
            CheckSection(level, portNames);
        }

        foreach (var child in configuration.GetSection(PortSetting.Section).GetChildren())
        {
            Check(child, portNames);
            foreach (var setting in child.GetChildren())
            {
                Check(setting, portNames);
            }
        }
    }

    // A value where the section belongs.
    private void CheckSection(ConfigurationLevel level, IReadOnlyList<string> portNames)
    {
        const string Section = PortSetting.Section;

        // Whoever flattens a configuration writes a section down as a key without a text: WebApplicationFactory passes its settings on so.
        var isValue = level.TryGetKey(Section, out var value) ? value.Text.Length > 0 || !level.HasKeysBelow(Section) : level.IsNullInFile(Section);
        if (!isValue || SettingNames.Check([Section], isSection: false, portNames) is not { } mistake)
        {
            return;
        }

        // PORTS is a name that others use as well: what some platform or shell has set must not keep the application from its start.
        var source = new ConfiguredValue("", level.Rank, () => level.DescribeKey(Section));
        if (level.IsEnvironment)
        {
            findings.Warn($"{mistake.Rule.Id}: {mistake.Rule.Format(mistake.Argument, mistake.Reason)}; the value is ignored (from {new ValueSource(source)})");
        }
        else
        {
            findings.Report(mistake.Rule, source, mistake.Argument, mistake.Reason);
        }
    }

    private void Check(IConfigurationSection key, IReadOnlyList<string> portNames)
    {
        // An empty object in a file is a key without a value and says nothing.
        var isSection = key.GetChildren().Any();
        if ((isSection || key.Value is not null) && SettingNames.Check(key.Path.Split(':'), isSection, portNames) is { } mistake)
        {
            findings.Report(mistake.Rule, Source(key.Path), mistake.Argument, mistake.Reason);
        }
    }

    private ConfiguredValue Source(string key)
    {
        var level = levels.FirstOrDefault(l => l.Mentions(key));
        return new ConfiguredValue("", level?.Rank ?? 0, () => level?.DescribeKey(key) ?? key);
    }
}
