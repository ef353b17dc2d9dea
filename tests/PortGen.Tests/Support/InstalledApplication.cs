namespace PortGen.Tests.Support;

/// <summary><c>samples/HelloPorts</c> in a folder of its own with settings beside it, as it is installed on a server. Every user may read it.</summary>
internal sealed class InstalledApplication : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public InstalledApplication()
    {
        _folder.Share();
        Program = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, "app")).FullName, "HelloPorts");
        var built = Path.GetDirectoryName(AppProcess.PathOf("samples/HelloPorts", "HelloPorts"))!;
        foreach (var file in Directory.EnumerateFiles(built))
        {
            File.Copy(file, Beside(Path.GetFileName(file)));
        }

        WorkingFolder = Directory.CreateDirectory(Path.Combine(_folder.Path, "work")).FullName;
        Ports = FreePorts.Block(3);
        File.WriteAllText(Beside("appsettings.json"), SettingsFor(Ports));
    }

    /// <summary>The ports that the settings beside the application give to its three services.</summary>
    public PortRange Ports { get; }

    public string Program { get; }

    public string WorkingFolder { get; }

    /// <summary>A file beside the application.</summary>
    public string Beside(string name) => Path.Combine(Path.GetDirectoryName(Program)!, name);

    /// <summary>Settings that give the three services exactly these ports.</summary>
    public static string SettingsFor(PortRange ports) =>
        $$"""{ "Ports": { "echo": { "Port": {{ports.First}} }, "time": { "Port": {{ports.First + 1}} }, "shout": { "Port": {{ports.Last}} } } }""";

    /// <summary>Starts it in its working folder after some commands of the shell, as another user where one is given.</summary>
    public AppProcess Start(string before = "true", int? user = null, params string[] args) => AppProcess.Bash(
        $"cd {WorkingFolder} && {before} && exec {(user is { } id ? $"setpriv --reuid={id} --regid={id} --clear-groups " : "")}{Program} {string.Join(' ', args)}");

    /// <summary>Starts it in its working folder with a user namespace that has so many inotify instances.</summary>
    public AppProcess StartWithWatchers(int instances) => AppProcess.Bash(
        $"cd {WorkingFolder} && exec unshare --user --map-root-user sh -c 'echo {instances} > /proc/sys/user/max_inotify_instances && exec {Program}'");

    /// <summary>Whether this machine lets the tests have a limit of their own on inotify instances.</summary>
    public static async Task<bool> CanLimitWatchersAsync()
    {
        await using var attempt = AppProcess.Bash("unshare --user --map-root-user sh -c 'echo 1 > /proc/sys/user/max_inotify_instances'");
        return await attempt.WaitForExitAsync() == 0;
    }

    public void Dispose() => _folder.Dispose();
}
