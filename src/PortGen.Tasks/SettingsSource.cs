namespace PortGen.Tasks;

/// <summary>A settings file by its path and content.</summary>
internal sealed record SettingsSource(string Path, byte[] Content)
{
    /// <summary>The environment that reads the file; empty for <c>appsettings.json</c>, which all read.</summary>
    public string Environment => System.IO.Path.GetFileNameWithoutExtension(Path) is var name && name.IndexOf('.') is >= 0 and var dot
        ? name.Substring(dot + 1)
        : "";
}
