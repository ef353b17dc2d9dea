namespace PortGen;

/// <summary>Which class is meant, across assemblies: <c>global::Namespace.Type</c> for one's own, <c>global::Namespace.Type, Assembly</c> for another's.</summary>
/// <remarks>Two assemblies may each have a class of one full name. An assembly's name counts without version: only one can be referenced.</remarks>
internal static class TypeId
{
    private const string Separator = ", ";

    /// <summary>The class of that name in an assembly; <see langword="null"/> for the project's own.</summary>
    public static string Of(string type, string? assembly) => assembly is null ? type : type + Separator + assembly;

    /// <summary>What a library calls <paramref name="id"/>, seen from outside. A name that is not a type yet stays empty.</summary>
    public static string Qualify(string id, string assembly) => id.Length == 0 || id.Contains(Separator) ? id : Of(id, assembly);

    /// <summary>The class as a message names it.</summary>
    public static string ToDisplayName(string id) => (id.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var end ? id.Substring(0, end) : id).Replace("global::", "");
}
