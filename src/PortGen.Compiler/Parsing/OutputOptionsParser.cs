using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>Reads the project's properties. An unusable value is reported, and the default applies.</summary>
internal static class OutputOptionsParser
{
    private const string WebAssembly = "PortGen.AspNetCore";

    /// <summary>Whether the project sees PortGen.AspNetCore.</summary>
    public static bool HasWebHost(Compilation compilation)
    {
        foreach (var assembly in compilation.ReferencedAssemblyNames)
        {
            if (assembly.Name == WebAssembly)
            {
                return true;
            }
        }

        return false;
    }

    public static OutputOptions Parse(AnalyzerConfigOptions options, string? assemblyName, OutputKind outputKind, bool hasWebHost)
    {
        var unusable = new List<UnusableProperty>();
        var className = Value(options, KnownNames.ClassName) ?? KnownNames.DefaultClassName;
        if (!SyntaxFacts.IsValidIdentifier(className) || IsKeyword(className))
        {
            unusable.Add(new("PortGenClassName", className, "write a class name, such as Ports"));
            className = KnownNames.DefaultClassName;
        }

        var accessibility = Value(options, KnownNames.Accessibility)?.ToLowerInvariant() ?? "internal";
        if (accessibility is not ("public" or "internal"))
        {
            unusable.Add(new("PortGenAccessibility", accessibility, "write public or internal"));
            accessibility = "internal";
        }

        var application = Value(options, KnownNames.Application)?.ToLowerInvariant() ?? "false";
        if (application is not ("true" or "false"))
        {
            unusable.Add(new("PortGenApplication", application, "write true or false"));
        }

        return new OutputOptions
        {
            RootNamespace = ToNamespace(Value(options, KnownNames.RootNamespace)),
            ClassName = className,
            Accessibility = accessibility,
            IsApplication = application == "true",
            AssemblyIdentifier = ToUnique(assemblyName ?? ""),
            IsLibrary = outputKind is OutputKind.DynamicallyLinkedLibrary,
            HasWebHost = hasWebHost,
            IsBrowser = Value(options, KnownNames.RuntimeIdentifier)?.StartsWith("browser", StringComparison.OrdinalIgnoreCase) == true,
            UnusableProperties = unusable.ToEquatableArray(),
        };
    }

    // Names must stay distinct as identifiers: My.Lib, My-Lib and My_Lib are three libraries.
    private static string ToUnique(string assemblyName)
    {
        var identifier = ToIdentifier(assemblyName.Replace('.', '_'));
        if (identifier.Length > 0 && assemblyName.All(static c => c == '.' || (c != '_' && SyntaxFacts.IsIdentifierPartCharacter(c))))
        {
            return identifier;
        }

        // FNV-1a, the same in every process.
        var hash = 2166136261;
        foreach (var c in assemblyName)
        {
            hash = unchecked((hash ^ c) * 16777619);
        }

        return $"{identifier}_{hash.ToString("x8", CultureInfo.InvariantCulture)}";
    }

    private static string? Value(AnalyzerConfigOptions options, string key) =>
        options.TryGetValue(key, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    // The SDK takes the root namespace from the project's file name, so it can hold invalid characters.
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
