namespace Microsoft.Build.Framework;

/// <summary>
/// Marks a task that may run in parallel in one process (<c>-mt</c>): it takes absolute paths and changes no process state.
/// </summary>
/// <remarks>MSBuild matches it by full name in any assembly; the oldest supported MSBuild doesn't have it as a public type.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
