using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Rules;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Analyzer;

/// <summary>Warnings about what PortGen generates, or does with the user's code, are silent; the same warnings about anything else are not.</summary>
/// <remarks>That the container creates the classes of services (CA1812) is for StrictBuildTests, with the SDK's own analyzer.</remarks>
public sealed class GeneratedCodeSuppressorTests
{
    private const string Service = """[PortGen.PortService("echo", DependsOn = new System.Type[0])] public sealed class Echo : Base;""" + Sources.Base;

    [Fact]
    public async Task A_project_that_sees_the_internals_of_another_has_a_class_of_its_own()
    {
        var application = Compile($$"""[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Tests")] class Shared; {{Service}}""", "Application");
        var tests = Compile(
            """
            namespace Application { class Inside { object M() => Ports.Echo; RunningPorts? N() => null; } }
            class Outside { object M() => Ports.Manifest; object N() => new Shared(); }
            class Shared;
            """ + Service.Replace("Echo", "Time", StringComparison.Ordinal).Replace("Base", "TimeBase", StringComparison.Ordinal),
            "Tests",
            application.ToMetadataReference());
        var same = (await AnalyzeAsync(tests)).Where(static d => d.Id == "CS0436").ToList();
        Assert.Equal(["Shared"], same.Where(static d => !d.IsSuppressed).Select(static d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Split('\'')[1]));
    }

    [Fact]
    public async Task An_array_of_dependencies_is_no_matter_of_other_languages()
    {
        var compilation = Compile("[assembly: System.CLSCompliant(true)] public class OtherAttribute : System.Attribute { public int[] Numbers { get; set; } = []; } [Other(Numbers = new[] { 1 })] public class C;" + Service, "Application");
        Assert.Equal([true, false], (await AnalyzeAsync(compilation)).Where(static d => d.Id == "CS3016").Select(static d => d.IsSuppressed).Order().Reverse());
    }

    [Fact]
    public void Each_suppression_is_of_one_rule_and_says_why()
    {
        var all = new GeneratedCodeSuppressor().SupportedSuppressions;
        Assert.Equal([("PGS0001", "CA1812"), ("PGS0002", "CS0436"), ("PGS0003", "CS3016")], all.Select(static s => (s.Id, s.SuppressedDiagnosticId)));
        Assert.All(all, static s => Assert.EndsWith(".", s.Justification.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    private static Compilation Compile(string source, string name, params MetadataReference[] references)
    {
        Generation.Driver().RunGeneratorsAndUpdateCompilation(
            Compilations.Create(source).WithAssemblyName(name).AddReferences(references), out var compilation, out _, TestContext.Current.CancellationToken);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity == DiagnosticSeverity.Error));
        return compilation;
    }

    private static async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync(Compilation compilation) => await compilation
        .WithAnalyzers([new GeneratedCodeSuppressor()], new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, true, false, reportSuppressedDiagnostics: true))
        .GetAllDiagnosticsAsync(TestContext.Current.CancellationToken);
}
