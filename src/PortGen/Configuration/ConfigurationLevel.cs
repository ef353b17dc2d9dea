using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace PortGen.Configuration;

/// <summary>One source of configuration with its place in the order of precedence.</summary>
internal sealed class ConfigurationLevel(IConfigurationProvider provider, int rank)
{
    private readonly string? _prefix = provider is EnvironmentVariablesConfigurationProvider environment ? EnvironmentLevel.PrefixOf(environment) : null;

    /// <summary>The precedence: of two levels, the one with the higher rank decides.</summary>
    public int Rank { get; } = rank;

    /// <summary>Whether its values come from variables, which others may have set for other purposes.</summary>
    public bool IsEnvironment => provider is EnvironmentVariablesConfigurationProvider;

    // A provider with a prefix must not add that prefix to PortGen's variables: DOTNET_PORT is not a port's variable.
    private bool ReadsAllVariables => _prefix is "";

    /// <summary>The levels of a configuration, highest precedence first.</summary>
    public static IReadOnlyList<ConfigurationLevel> Of(IConfiguration configuration)
    {
        var providers = new List<IConfigurationProvider>();
        Collect(configuration, providers);
        return [.. providers.Select(static (provider, index) => new ConfigurationLevel(provider, index)).Reverse()];
    }

    /// <summary>The value of a configuration key.</summary>
    public bool TryGetKey(string key, [NotNullWhen(true)] out ConfiguredValue? value)
    {
        value = Text(key) is { } text ? FromKey(text, key) : null;
        return value is not null;
    }

    /// <summary>The value of an environment variable, if this level reads them all and the value is not a link to another Service.</summary>
    public bool TryGetVariable(string variable, [NotNullWhen(true)] out ConfiguredValue? value)
    {
        value = ReadsAllVariables && Text(variable) is { } text && !ServiceLink.IsLink(text) ? FromVariable(text, variable) : null;
        return value is not null;
    }

    /// <summary>Whether an environment variable links to another Service.</summary>
    public bool HasLink(string variable) => ReadsAllVariables && Text(variable) is { } text && ServiceLink.IsLink(text);

    /// <summary>
    /// The values of the variables of that name in any case. The provider keeps one of those that differ in case only, and which one is chance.
    /// </summary>
    public IEnumerable<ConfiguredValue> FindSpellings(string variable)
    {
        if (!ReadsAllVariables || !provider.TryGet(variable, out var kept))
        {
            return [];
        }

        var spellings = EnvironmentLevel.SpellingsOf(variable).Select(name => FromVariable(Environment.GetEnvironmentVariable(name) ?? "", name)).ToList();
        return spellings.Exists(v => v.Text == kept) ? spellings.Where(static v => !string.IsNullOrWhiteSpace(v.Text))
            : TryGetVariable(variable, out var value) ? [value] : [];
    }

    /// <summary>The keys that this level has at its top. A variable without <c>__</c> in its name is one of them.</summary>
    public IEnumerable<string> TopKeys => provider.GetChildKeys([], null).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether this level has any environment variables with a meaning of PortGen's.</summary>
    public bool HasVariables => ReadsAllVariables;

    /// <summary>Whether a settings file says <c>null</c> for the key. To the configuration that is the same as an empty section.</summary>
    public bool IsNullInFile(string key) => provider is FileConfigurationProvider file && provider.TryGet(key, out var text) && text is null
        && FindInFile(PathOf(file.Source), key) is { IsContainer: false, Text: null };

    /// <summary>Whether this level says anything at or below the key.</summary>
    public bool Mentions(string key) => provider.TryGet(key, out _) || HasKeysBelow(key);

    /// <summary>Whether this level says anything below the key.</summary>
    public bool HasKeysBelow(string key) => provider.GetChildKeys([], key).Any();

    /// <summary>Where a value of this key comes from, for a message.</summary>
    public string DescribeKey(string key) => provider switch
    {
        EnvironmentVariablesConfigurationProvider => DescribeVariable(_prefix + key.Replace(":", "__", StringComparison.Ordinal)),
        CommandLineConfigurationProvider => "command-line option --" + key,
        FileConfigurationProvider file => DescribeFile(file.Source, key),
        _ => "configuration key " + key,
    };

    private static void Collect(IConfiguration configuration, List<IConfigurationProvider> providers)
    {
        if (configuration is not IConfigurationRoot root)
        {
            providers.Add(new ForeignConfigurationProvider(configuration));
            return;
        }

        foreach (var provider in root.Providers)
        {
            if (provider is ChainedConfigurationProvider chained)
            {
                Collect(chained.Configuration, providers);
            }
            else
            {
                providers.Add(provider);
            }
        }
    }

    // An empty variable is an unset one, as shells and container files have it; an empty text in a file is a mistake that the rules tell.
    private string? Text(string key) =>
        provider.TryGet(key, out var text) && !(provider is EnvironmentVariablesConfigurationProvider && string.IsNullOrWhiteSpace(text)) ? text : null;

    // Apart, because a method with a lambda pays for it even where nothing is configured, and that is nearly always.
    private ConfiguredValue FromKey(string text, string key) => new(text, Rank, () => DescribeKey(key));

    private ConfiguredValue FromVariable(string text, string variable) => new(text, Rank, () => DescribeVariable(variable));

    private static string DescribeVariable(string variable) => "environment variable " + EnvironmentLevel.Spell(variable);

    private static string DescribeFile(FileConfigurationSource source, string key)
    {
        var place = FindInFile(PathOf(source), key) is { } value ? $"{source.Path}, line {value.Line}" : source.Path;
        return $"{key} in {place}";
    }

    private static string? PathOf(FileConfigurationSource source) => source.FileProvider?.GetFileInfo(source.Path ?? "").PhysicalPath;

    // Only a message needs the line, so it is looked up then. The file may have changed since: no line is better than a wrong guess or a crash.
    private static SettingsValue? FindInFile(string? path, string key)
    {
        try
        {
            return path is null
                ? null
                : SettingsFile.Read(File.ReadAllBytes(path)).LastOrDefault(v => v.Path.Equals(key, StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A configuration that doesn't show its providers, as a single level.</summary>
    private sealed class ForeignConfigurationProvider(IConfiguration configuration) : ConfigurationProvider
    {
        public override bool TryGet(string key, out string? value) => (value = configuration[key]) is not null;

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            (parentPath is null ? configuration : configuration.GetSection(parentPath)).GetChildren().Select(static c => c.Key).Concat(earlierKeys);
    }
}

/// <summary>A text from the configuration.</summary>
/// <param name="Text">The text.</param>
/// <param name="Rank">The rank of the level it comes from.</param>
/// <param name="Describe">Where it comes from, for a message.</param>
internal sealed record ConfiguredValue(string Text, int Rank, Func<string> Describe);
