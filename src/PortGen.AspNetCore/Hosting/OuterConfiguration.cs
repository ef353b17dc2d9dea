using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace PortGen.Hosting;

/// <summary>The application's configuration as a web service sees it: without what would make its Kestrel listen elsewhere than on leases.</summary>
internal sealed class OuterConfiguration(IConfiguration configuration) : IConfigurationSource, IConfigurationProvider
{
    private static readonly string[] s_hidden = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public bool TryGet(string key, out string? value)
    {
        value = IsHidden(key) ? null : configuration[key];
        return value is not null;
    }

    public void Set(string key, string? value)
    {
        // What a web service sets is its own; a source above this one keeps it.
    }

    public IChangeToken GetReloadToken() => configuration.GetReloadToken();

    public void Load()
    {
        // The application loads it.
    }

    public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
    {
        var parent = parentPath is null ? configuration : configuration.GetSection(parentPath);
        return parent.GetChildren().Where(static s => !IsHidden(s.Path)).Select(static s => s.Key).Concat(earlierKeys).Order(ConfigurationKeyComparer.Instance);
    }

    private static bool IsHidden(string key) => Array.Exists(s_hidden, hidden =>
        key.StartsWith(hidden, StringComparison.OrdinalIgnoreCase) && (key.Length == hidden.Length || key[hidden.Length] == ':'));
}
