using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace PortGen.Tests.Support;

/// <summary>Configuration that may be changed while others read it, as an operator edits a file.</summary>
internal sealed class LiveSettings : ConfigurationProvider, IConfigurationSource
{
    public LiveSettings() => Data = new ConcurrentDictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Sets a key, or removes it by <see langword="null"/>.</summary>
    public void Change(string key, string? value)
    {
        if (value is null)
        {
            Data.Remove(key);
        }
        else
        {
            Data[key] = value;
        }
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
