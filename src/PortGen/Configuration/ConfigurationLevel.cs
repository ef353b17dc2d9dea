using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace PortGen.Configuration;

/// <summary>One source of configuration with its place in the order of precedence.</summary>
internal sealed class ConfigurationLevel(IConfigurationProvider provider, int rank)
{
    // An environment provider with a prefix (DOTNET_) must not lend PortGen's variables that prefix: DOTNET_PORT is nobody's port.
    private readonly bool _readsAllVariables = provider is EnvironmentVariablesConfigurationProvider
        && provider.ToString() is { } name && !name.Contains("Prefix", StringComparison.Ordinal);

    /// <summary>The precedence: of two levels, the one with the higher rank decides.</summary>
    public int Rank { get; } = rank;

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

    /// <summary>The value of an environment variable, if this level reads them all.</summary>
    public bool TryGetVariable(string variable, [NotNullWhen(true)] out ConfiguredValue? value)
    {
        value = _readsAllVariables && Text(variable) is { } text ? FromVariable(text, variable) : null;
        return value is not null;
    }

    /// <summary>Whether this level says anything at or below the key.</summary>
    public bool Mentions(string key) => provider.TryGet(key, out _) || provider.GetChildKeys([], key).Any();

    /// <summary>Where a value of this key comes from, for a message.</summary>
    public string DescribeKey(string key) => provider switch
    {
        EnvironmentVariablesConfigurationProvider => "environment variable " + key.Replace(":", "__", StringComparison.Ordinal),
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

    private ConfiguredValue FromVariable(string text, string variable) => new(text, Rank, () => "environment variable " + variable);

    private static string DescribeFile(FileConfigurationSource source, string key)
    {
        var path = source.FileProvider?.GetFileInfo(source.Path ?? "").PhysicalPath;
        var place = FindLine(path, key) is { } line ? $"{source.Path}, line {line}" : source.Path;
        return $"{key} in {place}";
    }

    // Only a message needs the line, so it is looked up then. The file may have changed since: no line is better than a wrong guess or a crash.
    private static int? FindLine(string? path, string key)
    {
        try
        {
            return path is null
                ? null
                : SettingsFile.Read(File.ReadAllBytes(path)).LastOrDefault(v => v.Path.Equals(key, StringComparison.OrdinalIgnoreCase))?.Line;
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
