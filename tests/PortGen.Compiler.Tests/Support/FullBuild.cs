using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Rules;

namespace PortGen.Compiler.Tests.Support;

/// <summary>An application's compilation with generator and analyzers together, as a build has them.</summary>
internal static class FullBuild
{
    /// <summary>What the compiler reports of it all (errors and warnings), and what the analyzers report (errors and warnings).</summary>
    public static (IReadOnlyList<Diagnostic> Errors, IReadOnlyList<Diagnostic> Analyzed) Compile(
        string source, LanguageVersion version, (string Key, string Value)[] properties, params MetadataReference[] references)
    {
        var parseOptions = Compilations.ParseOptions.WithLanguageVersion(version);
        var compilation = CSharpCompilation.Create(
            "Application",
            [CSharpSyntaxTree.ParseText(source, parseOptions, "Program.cs", cancellationToken: TestContext.Current.CancellationToken)],
            [.. Compilations.References, .. references],
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: version < LanguageVersion.CSharp8 ? NullableContextOptions.Disable : NullableContextOptions.Enable));
        Generation.Driver(parseOptions, [], properties).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _, TestContext.Current.CancellationToken);
        return (Severe(generated.GetDiagnostics(TestContext.Current.CancellationToken)), Analyze(generated, properties));
    }

    /// <summary>What the analyzers report, with the project's properties.</summary>
    public static IReadOnlyList<Diagnostic> Analyze(Compilation compilation, params (string Key, string Value)[] properties)
    {
        var analyzed = compilation.WithAnalyzers([new PortServiceAnalyzer()], new AnalyzerOptions([], Generation.Properties(properties)))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        return Severe(analyzed);
    }

    private static List<Diagnostic> Severe(IEnumerable<Diagnostic> diagnostics) => [.. diagnostics.Where(static d => d.Severity >= DiagnosticSeverity.Warning)];
}
