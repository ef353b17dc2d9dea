namespace Microsoft.Build.Framework;

/// <summary>
/// Says that a task may run beside others in one process (<c>-mt</c>): it takes absolute paths and changes nothing of the process.
/// </summary>
/// <remarks>MSBuild knows it by its full name in whatever assembly; the MSBuild of the floor doesn't bring it as a public type.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
