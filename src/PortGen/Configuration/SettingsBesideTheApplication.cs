using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace PortGen.Configuration;

/// <summary>
/// Finds the host's settings files beside the application where the content root has none: <c>dotnet run --project X</c> has the shell's folder
/// as content root, a service manager often <c>/</c>.
/// </summary>
internal static class SettingsBesideTheApplication
{
    /// <summary>Lets the host's own file sources read there. Their place in the order and whatever else is set of them stays.</summary>
    /// <returns>What to warn of.</returns>
    /// <exception cref="PortConfigurationException">A file there can't be read.</exception>
    public static StartupWarning? Read(IHostApplicationBuilder builder)
    {
        var sources = builder.Configuration.Sources;
        var missing = MissingFiles(builder).ToList();
        if (missing.Count == 0)
        {
            return null;
        }

        // One provider for all, because each takes an inotify instance to watch its folder, and a user has few (128 by default).
        var folder = new PhysicalFileProvider(AppContext.BaseDirectory);
        var warning = missing.Exists(static s => s.ReloadOnChange) ? Watch(folder, missing) : null;
        foreach (var source in missing)
        {
            source.FileProvider = folder;
        }

        try
        {
            // The configuration reads its sources again when one is put into its place, not when one changes.
            var last = sources.IndexOf(missing[^1]);
            sources[last] = missing[^1];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw PortConfigurationException.Unreadable(e);
        }

        return warning;
    }

    // A file beside the application is a default: it never comes to stand above one that the content root has.
    private static IEnumerable<JsonConfigurationSource> MissingFiles(IHostApplicationBuilder builder)
    {
        var (root, application) = (Path.TrimEndingDirectorySeparator(builder.Environment.ContentRootPath), AppContext.BaseDirectory);
        return root == Path.TrimEndingDirectorySeparator(application)
            ? []
            : builder.Configuration.Sources.OfType<JsonConfigurationSource>()
                .Where(s => IsOfHost(s, root, builder.Environment.ApplicationName))
                .TakeWhile(static s => !s.FileProvider!.GetFileInfo(s.Path!).Exists)
                .Where(s => File.Exists(Path.Combine(application, s.Path!)));
    }

    // What the host adds by default. A file of the same name that the application has added from elsewhere is meant to be that one.
    private static bool IsOfHost(JsonConfigurationSource source, string root, string application) =>
        source is { Path: { } path, FileProvider: PhysicalFileProvider provider }
        && Path.TrimEndingDirectorySeparator(provider.Root) == root
        && (path.StartsWith("appsettings.", StringComparison.OrdinalIgnoreCase) || path.StartsWith(application + ".settings.", StringComparison.OrdinalIgnoreCase));

    private static StartupWarning? Watch(PhysicalFileProvider folder, List<JsonConfigurationSource> sources)
    {
        try
        {
            folder.Watch(sources[0].Path!);
            return null;
        }
        catch (IOException e)
        {
            sources.ForEach(static s => s.ReloadOnChange = false);
            return StartupWarning.FilesNotWatched(e);
        }
    }
}
