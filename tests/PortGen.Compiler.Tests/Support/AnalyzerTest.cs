using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using PortGen.Compiler.Rules;

namespace PortGen.Compiler.Tests.Support;

/// <summary>Runs the analyzer over sources with markup: <c>{|PG0002:80|}</c> is where a diagnostic is expected, and nothing elsewhere.</summary>
internal static class AnalyzerTest
{
    public static Task VerifyAsync(string source, params string[] messages) => VerifyAsync([source], messages);

    public static Task VerifyAsync(string[] sources, params string[] messages) => VerifyAsync(sources, "Ports", messages);

    /// <summary>With another name for the generated class.</summary>
    public static async Task VerifyAsync(string[] sources, string className, string[] messages)
    {
        var seen = new List<string>();
        var test = new Test { ReferenceAssemblies = new ReferenceAssemblies("net10.0"), CompilerDiagnostics = CompilerDiagnostics.Errors };
        test.TestState.AdditionalReferences.AddRange(Compilations.References);
        test.TestState.AnalyzerConfigFiles.Add(("/.globalconfig", $"is_global = true\nbuild_property.PortGenClassName = {className}\n"));
        for (var i = 0; i < sources.Length; i++)
        {
            test.TestState.Sources.Add(($"/File{i}.cs", (i == 0 ? Sources.Base : "") + sources[i]));
        }

        // Most sources are shorter without ranges.
        if (!sources.Any(static s => s.Contains("{|PG0012:", StringComparison.Ordinal)))
        {
            test.DisabledDiagnostics.Add("PG0012");
        }

        test.DiagnosticVerifier = (diagnostic, _, _) => seen.Add(diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        await test.RunAsync(TestContext.Current.CancellationToken);
        foreach (var message in messages)
        {
            Assert.Contains(seen, m => m.Contains(message, StringComparison.Ordinal));
        }
    }

    private sealed class Test : CSharpAnalyzerTest<PortServiceAnalyzer, DefaultVerifier>
    {
        protected override ParseOptions CreateParseOptions() => Compilations.ParseOptions;

        protected override CompilationOptions CreateCompilationOptions() =>
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
    }
}
