using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace PortGen.Tests.Support;

/// <summary>The environment provider with variables that the test makes up: the process's own are everybody's.</summary>
internal sealed class MadeUpVariables(string prefix, params IEnumerable<(string Name, string Value)> variables)
    : EnvironmentVariablesConfigurationProvider(prefix), IConfigurationSource
{
    public override void Load()
    {
        // As the provider itself does: of names that differ in case only, one wins.
        Data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in variables)
        {
            Data[name.Replace("__", ":", StringComparison.Ordinal)] = value;
        }
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
