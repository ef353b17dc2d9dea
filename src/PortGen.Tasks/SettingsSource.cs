namespace PortGen.Tasks;

/// <summary>A settings file by its path and content.</summary>
internal sealed record SettingsSource(string Path, byte[] Content)
{
    /// <summary>Its name next to the assembly. A linked file may have another name at its original path.</summary>
    public string Name { get; init; } = System.IO.Path.GetFileName(Path);

    /// <summary>The environment that reads the file; empty for <c>appsettings.json</c>, which all read.</summary>
    public string Environment => System.IO.Path.GetFileNameWithoutExtension(Name) is var name && name.IndexOf('.') is >= 0 and var dot
        ? name.Substring(dot + 1)
        : "";
}
