using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>Reads the project's properties. A value that can't be used falls back to the default: the build must not break over a name.</summary>
internal static class OutputOptionsParser
{
    public static OutputOptions Parse(AnalyzerConfigOptions options, string? assemblyName, OutputKind outputKind)
    {
        var className = Value(options, KnownNames.ClassName);
        return new OutputOptions
        {
            Namespace = ToNamespace(Value(options, KnownNames.RootNamespace)),
            ClassName = SyntaxFacts.IsValidIdentifier(className) && !IsKeyword(className!) ? className! : KnownNames.DefaultClassName,
            Accessibility = Value(options, KnownNames.Accessibility) == "public" ? "public" : "internal",
            IsApplication = string.Equals(Value(options, KnownNames.Application), "true", StringComparison.OrdinalIgnoreCase),
            AssemblyIdentifier = ToIdentifier((assemblyName ?? "").Replace('.', '_')) is { Length: > 0 } identifier ? identifier : "_",
            IsLibrary = outputKind is OutputKind.DynamicallyLinkedLibrary,
        };
    }

    private static string? Value(AnalyzerConfigOptions options, string key) =>
        options.TryGetValue(key, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    // The SDK takes the root namespace from the project's file name, so it may hold what no identifier may.
    private static string? ToNamespace(string? rootNamespace)
    {
        var segments = rootNamespace?.Split('.').Where(static s => s.Length > 0).Select(ToIdentifier).ToList();
        return segments is { Count: > 0 } ? string.Join(".", segments) : null;
    }

    private static string ToIdentifier(string segment)
    {
        var identifier = new StringBuilder(segment.Length + 1);
        foreach (var c in segment)
        {
            if (identifier.Length == 0 && !SyntaxFacts.IsIdentifierStartCharacter(c) && SyntaxFacts.IsIdentifierPartCharacter(c))
            {
                identifier.Append('_');
            }

            identifier.Append(SyntaxFacts.IsIdentifierPartCharacter(c) ? c : '_');
        }

        var text = identifier.ToString();
        return IsKeyword(text) ? "@" + text : text;
    }

    private static bool IsKeyword(string text) => SyntaxFacts.GetKeywordKind(text) != SyntaxKind.None;
}
