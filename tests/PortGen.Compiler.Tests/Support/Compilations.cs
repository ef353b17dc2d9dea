using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PortGen.Compiler.Tests.Support;

/// <summary>Compilations against the real runtime.</summary>
internal static class Compilations
{
    public static readonly CSharpParseOptions ParseOptions = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);

    /// <summary>The framework, the hosting libraries and the PortGen runtime.</summary>
    public static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => IsReferenced(Path.GetFileNameWithoutExtension(path)))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    public static CSharpCompilation Create(params string[] sources) => Create(sources, OutputKind.DynamicallyLinkedLibrary);

    public static CSharpCompilation Create(IEnumerable<string> sources, OutputKind kind) => CSharpCompilation.Create(
        "Application",
        sources.Select(static (s, i) => Parse(s, $"File{i}.cs")),
        References,
        new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));

    public static SyntaxTree Parse(string source, string path = "Edited.cs") => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    private static bool IsReferenced(string name) =>
        name is "PortGen" or "mscorlib" or "netstandard"
        || name.StartsWith("System.", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
        || name == "System";
}
