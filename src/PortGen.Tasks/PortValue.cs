namespace PortGen.Tasks;

/// <summary>A value of a port's setting in a file.</summary>
internal sealed record PortValue(string PortName, PortSetting Setting, string Text, string File, int Line, int Column)
{
    /// <summary>Whether the setting can take it. One that can't is reported, and hides those of lower levels all the same.</summary>
    public bool IsReadable { get; init; } = true;
}
