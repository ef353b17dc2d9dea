namespace PortGen.Tasks;

/// <summary>A value of a port's setting in a file: one that the setting can take.</summary>
internal sealed record PortValue(string PortName, PortSetting Setting, string Text, string File, int Line, int Column);
