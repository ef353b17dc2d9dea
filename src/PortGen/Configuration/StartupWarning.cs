namespace PortGen.Configuration;

/// <summary>What the operator should know about how the configuration was read. It is logged with the first plan, because there is no logger while the host is being built.</summary>
internal sealed record StartupWarning(string Text)
{
    /// <summary>The system refuses to watch settings files, such as for want of inotify instances.</summary>
    public static StartupWarning FilesNotWatched(IOException e) => new($"Settings files are not watched, so a change takes effect only at the next start: {e.Message}");

    /// <summary>There is no working folder to look for settings in: it was deleted, or is inside a folder that this user may not enter.</summary>
    public static StartupWarning NoWorkingFolder(string contentRoot) => new($"The working folder can't be used; the content root is the application's folder {contentRoot} instead");
}
