namespace PortGen.Tasks;

/// <summary>Something wrong in a settings file.</summary>
/// <param name="Rule">The rule that is broken.</param>
/// <param name="File">The file as it was given.</param>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Column">The column, from 1, in characters; 0 for the file as a whole.</param>
/// <param name="Message">The rule's message, filled in.</param>
internal sealed record SettingsProblem(PortRule Rule, string File, int Line, int Column, string Message);
