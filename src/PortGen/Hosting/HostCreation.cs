using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortGen.Configuration;

namespace PortGen.Hosting;

/// <summary>Creates the builder of a Generic Host, also where the host itself would give up: without a working folder, or where files can't be watched.</summary>
internal static class HostCreation
{
    // In front, where it can't be taken for the value of an option that has none.
    private const string DoNotWatch = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>The builder, with its settings read.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="isWeb">Whether the host reads the variables of a web application too, <c>ASPNETCORE_</c>, in the place that they have in one: below all others.</param>
    /// <exception cref="PortConfigurationException">Settings can't be read.</exception>
    public static HostApplicationBuilder CreateBuilder(string[]? args, bool isWeb)
    {
        try
        {
            return CreateWatching(args, isWeb);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new PortConfigurationException(
            [
                $"{PortRule.UnreadableFile.Id}: The content root is not a folder that can be read: {e.Message}. "
                + "Set contentRoot (in the environment DOTNET_CONTENTROOT) to the folder of the settings files",
            ]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PortConfigurationException.Unreadable(e);
        }
        catch (FormatException e)
        {
            // Such as "-x=1": a single hyphen is for short names, of which there are none.
            throw new PortConfigurationException([$"{PortRule.InvalidSetting.Id}: {e.Message} (from the command line)"]);
        }
    }

    private static HostApplicationBuilder CreateWatching(string[]? args, bool isWeb)
    {
        try
        {
            return CreateAnywhere(args, isWeb);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            // A file that can't be read fails once more; watching is all that can be done without.
            var builder = CreateAnywhere([DoNotWatch, .. args ?? []], isWeb);
            builder.Services.AddSingleton(StartupWarning.FilesNotWatched(e));
            return builder;
        }
    }

    private static HostApplicationBuilder CreateAnywhere(string[]? args, bool isWeb)
    {
        var configuration = new ConfigurationManager();
        if (isWeb)
        {
            configuration.AddEnvironmentVariables("ASPNETCORE_");
        }

        // The host uses it instead of the working folder; a content root that is set explicitly takes precedence.
        var contentRoot = HasWorkingFolder() ? null : AppContext.BaseDirectory;
        if (contentRoot is not null && configuration[HostDefaults.ContentRootKey] is null)
        {
            configuration.AddInMemoryCollection([new(HostDefaults.ContentRootKey, contentRoot)]);
        }

        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, Configuration = configuration });
        if (contentRoot is not null && builder.Environment.ContentRootPath == contentRoot)
        {
            builder.Services.AddSingleton(StartupWarning.NoWorkingFolder(contentRoot));
        }

        return builder;
    }

    private static bool HasWorkingFolder()
    {
        try
        {
            return Directory.Exists(Environment.CurrentDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
