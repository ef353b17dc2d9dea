using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Rules;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.References;

public sealed class ReferencedServicesTests
{
    private const string Library = "namespace Lib;\n" + Sources.Base + """
        [PortGen.PortService("oauth", Port = 8081, Range = "8081-8091", DependsOn = [typeof(Hidden)], DevelopmentPort = 18081, HealthPath = "/h\"", Primary = true)]
        [PortGen.AdditionalPort("metrics", Port = 9464, Host = "*")]
        public sealed class OAuthServer : Base;

        [PortGen.PortService("hidden", Required = false, Range = "7001-7002")]
        internal sealed class Hidden : Base;
        """;

    private const string Application = """
        return Application.Ports.Manifest.Services.Count;

        [PortGen.PortService("rest", Port = 8082, DependsOn = [typeof(Lib.OAuthServer)])]
        public sealed class Rest : Base;
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_library_s_services_are_in_the_application_s_ports_and_waves(bool asFile)
    {
        var compilation = Compile(Application, out var text, Reference("Lib", Library, asFile));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
        Snapshot.Verify(text!);
    }

    [Fact]
    public void A_library_exports_its_services() => Snapshot.Verify(
        Generation.Driver(("RootNamespace", "Lib")).RunGenerators(Compilations.Create(Library).WithAssemblyName("My.Lib-1"), TestContext.Current.CancellationToken)
            .GetRunResult().Results.Single().GeneratedSources[1].SourceText.ToString());

    [Fact]
    public void An_application_exports_nothing()
    {
        Compile(Application, out _, Reference("Lib", Library, asFile: true), out var run);
        Assert.Single(run.GeneratedSources);
    }

    [Fact]
    public void A_project_that_declares_no_service_gets_nothing_by_accident_and_an_application_gets_all()
    {
        var library = Reference("Lib", Library, asFile: true);
        Compile("return 0;", out var nothing, library);
        Assert.Null(nothing);
        Compile("return 0;", out var all, library, out _, ("PortGenApplication", "true"));
        Assert.Contains("PortDefinition Oauth ", all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rules_hold_across_assemblies_and_the_project_s_own_service_is_at_fault(bool asFile)
    {
        var compilation = Compile(
            """
            return 0;
            [PortGen.PortService("oauth")] public sealed class A : Base;
            [PortGen.PortService("b", Port = 8081)] public sealed class B : Base;
            [PortGen.PortService("c", DependsOn = [typeof(Lib.OAuthServer)], Primary = true)] public sealed class C : Base;
            [PortGen.PortService("d", Range = "7001-7002")] public sealed class D : Base;
            [PortGen.PortService("e", Range = "7001-7002")] public sealed class E : Base;
            """,
            out _,
            Reference("Lib", Library, asFile));
        var ids = (await AnalyzeAsync(compilation)).Select(static d => (d.Id, d.Location.GetLineSpan().StartLinePosition.Line));
        Assert.Equal([("PG0005", 1), ("PG0006", 2), ("PG0007", 5), ("PG0014", 3)], ids.Where(static d => d.Id != "PG0012"));
    }

    [Fact]
    public async Task Two_libraries_that_collide_are_reported_without_a_place()
    {
        var compilation = Compile(
            Application,
            out _,
            Reference("Lib", Library, asFile: true),
            Reference("Other", Library.Replace("namespace Lib", "namespace Other", StringComparison.Ordinal).Replace("oauth", "other", StringComparison.Ordinal)
                .Replace("metrics", "gauges", StringComparison.Ordinal).Replace("9464", "9465", StringComparison.Ordinal).Replace("Primary = true", "Primary = false", StringComparison.Ordinal)
                .Replace("\"hidden\"", "\"shown\"", StringComparison.Ordinal), asFile: true));
        var diagnostic = Assert.Single(await AnalyzeAsync(compilation), static d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal(("PG0006", Location.None), (diagnostic.Id, diagnostic.Location));
    }

    [Fact]
    public void A_reference_that_is_no_assembly_or_none_of_ours_is_passed_over()
    {
        var broken = MetadataReference.CreateFromImage(new byte[] { 1, 2, 3 });
        var compilation = Compilations.Create([Sources.Base, Application.Replace(", DependsOn = [typeof(Lib.OAuthServer)]", "", StringComparison.Ordinal)], OutputKind.ConsoleApplication)
            .AddReferences(broken, CSharpCompilation.Create("Empty").ToMetadataReference());
        var run = Generation.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results.Single();
        Assert.Null(run.Exception);
        Assert.Single(run.GeneratedSources);
    }

    private static MetadataReference Reference(string name, string source, bool asFile) => Generation.ToReference(name, source, asFile);

    private static Compilation Compile(string source, out string? text, params MetadataReference[] libraries)
    {
        var compilation = Compile(source, out text, libraries, out _);
        return compilation;
    }

    private static Compilation Compile(string source, out string? text, MetadataReference library, out GeneratorRunResult run, params (string, string)[] properties) =>
        Compile(source, out text, [library], out run, properties);

    private static Compilation Compile(string source, out string? text, MetadataReference[] libraries, out GeneratorRunResult run, params (string, string)[] properties)
    {
        var driver = Generation.Driver(properties).RunGeneratorsAndUpdateCompilation(
            Compilations.Create([source, Sources.Base], OutputKind.ConsoleApplication).AddReferences(libraries), out var compilation, out _, TestContext.Current.CancellationToken);
        run = driver.GetRunResult().Results.Single();
        text = run.GeneratedSources is [var file, ..] ? file.SourceText.ToString() : null;
        return compilation;
    }

    private static async Task<IEnumerable<Diagnostic>> AnalyzeAsync(Compilation compilation) =>
        (await compilation.WithAnalyzers([new PortServiceAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken)).OrderBy(static d => d.Id);
}
