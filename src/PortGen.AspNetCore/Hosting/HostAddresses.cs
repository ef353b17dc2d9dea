using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Logging;

namespace PortGen.Hosting;

/// <summary>The addresses that a web application was told to listen on, by its code or its configuration.</summary>
/// <param name="configuration">The application's configuration.</param>
/// <param name="added">What its code has added: <c>app.Urls.Add</c>, <c>app.Run(url)</c>.</param>
internal sealed class HostAddresses(IConfiguration configuration, ICollection<string> added)
{
    // Of `dotnet run`, which takes the URLs from a profile of launchSettings.json.
    private const string LaunchProfile = "DOTNET_LAUNCH_PROFILE";

    private static readonly string[] s_keys = [WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey];

    /// <summary>Whether the system chooses the port, on loopback: a test's <c>UseKestrel(0)</c>, or <c>--urls http://127.0.0.1:0</c>.</summary>
    public bool AreFree
    {
        get
        {
            string[] urls = added.Count > 0 ? [.. added] : configuration[WebHostDefaults.ServerUrlsKey]?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];
            return urls.Length > 0 && urls.All(static u => BindingAddressOf(u) is { Port: 0 } address && IsLoopback(address.Host));
        }
    }

    /// <summary>What doesn't count beside the declared port: how loud to tell, where it comes from, and what it says.</summary>
    public IEnumerable<(LogLevel Level, string Source, string Text)> Ignored()
    {
        if (added.Count > 0)
        {
            yield return (LogLevel.Warning, "the application's code", string.Join(";", added));
        }

        foreach (var key in s_keys)
        {
            if (configuration[key] is { Length: > 0 } text)
            {
                yield return (LevelOf(key), key, text);
            }
        }
    }

    // What a person has typed for this start is told loud; a variable may be there for other reasons, and images and launchSettings.json have one by default.
    private LogLevel LevelOf(string key) =>
        key != WebHostDefaults.ServerUrlsKey ? LogLevel.Debug
        : !IsOfEnvironment(configuration, key) ? LogLevel.Warning
        : Environment.GetEnvironmentVariable(LaunchProfile) is { Length: > 0 } ? LogLevel.Debug
        : LogLevel.Information;

    private static bool IsOfEnvironment(IConfiguration configuration, string key)
    {
        foreach (var provider in (configuration as IConfigurationRoot)?.Providers.Reverse() ?? [])
        {
            if (provider.TryGet(key, out _))
            {
                return provider is EnvironmentVariablesConfigurationProvider || (provider is ChainedConfigurationProvider chained && IsOfEnvironment(chained.Configuration, key));
            }
        }

        return false;
    }

    private static BindingAddress? BindingAddressOf(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
