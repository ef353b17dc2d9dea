namespace PortGen.Tasks;

/// <summary>A value of a port setting in a file.</summary>
internal sealed record PortValue(string PortName, PortSetting Setting, string Text, string File, int Line, int Column)
{
    /// <summary>Whether the setting accepts it. An unreadable value is reported, and still hides those of lower levels.</summary>
    public bool IsReadable { get; init; } = true;
}
