using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using PortGen.Compiler.Rules;

namespace PortGen.Compiler.Tests.Support;

/// <summary>Applies a code fix one by one and all at once (document, project, solution); every way must end in the fixed source.</summary>
internal static class CodeFixTest
{
    public static async Task VerifyAsync<TFix>(string source, string @fixed, int offer = 0)
        where TFix : CodeFixProvider, new()
    {
        var test = new Test<TFix>
        {
            ReferenceAssemblies = new ReferenceAssemblies("net10.0"),
            CompilerDiagnostics = CompilerDiagnostics.Errors,
            CodeActionIndex = offer,
            TestCode = Sources.Base + source,
            FixedCode = Sources.Base + @fixed,
        };
        test.TestState.AdditionalReferences.AddRange(Compilations.References);
        test.FixedState.AdditionalReferences.AddRange(Compilations.References);
        if (!source.Contains("PG0012", StringComparison.Ordinal))
        {
            test.DisabledDiagnostics.Add("PG0012");
        }

        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Test<TFix> : CSharpCodeFixTest<PortServiceAnalyzer, TFix, DefaultVerifier>
        where TFix : CodeFixProvider, new()
    {
        protected override ParseOptions CreateParseOptions() => Compilations.ParseOptions;

        protected override CompilationOptions CreateCompilationOptions() =>
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
    }
}
