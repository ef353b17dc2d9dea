namespace PortGen;

/// <summary>Identifies a class across assemblies: <c>global::Namespace.Type</c> in this one, <c>global::Namespace.Type, Assembly</c> in another.</summary>
/// <remarks>Two assemblies may have classes with the same full name. An assembly's version doesn't count: only one can be referenced.</remarks>
internal static class TypeId
{
    private const string Separator = ", ";

    /// <summary>The class of that name in an assembly; <see langword="null"/> for the project's own.</summary>
    public static string Of(string type, string? assembly) => assembly is null ? type : type + Separator + assembly;

    /// <summary>A library's <paramref name="id"/> as seen from outside. A name that is not a type yet stays empty.</summary>
    public static string Qualify(string id, string assembly) => id.Length == 0 || id.Contains(Separator) ? id : Of(id, assembly);

    /// <summary>The class as shown in messages.</summary>
    public static string ToDisplayName(string id) => (id.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var end ? id.Substring(0, end) : id).Replace("global::", "");
}
