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
    public async Task Two_libraries_with_one_name_are_reported_without_a_place_and_two_with_one_number_are_left_to_the_build()
    {
        var other = Library.Replace("namespace Lib", "namespace Other", StringComparison.Ordinal).Replace("oauth", "other", StringComparison.Ordinal)
            .Replace("metrics", "gauges", StringComparison.Ordinal).Replace("Primary = true", "Primary = false", StringComparison.Ordinal);
        var compilation = Compile(Application, out _, Reference("Lib", Library, asFile: true), Reference("Other", other, asFile: true));
        var diagnostic = Assert.Single(await AnalyzeAsync(compilation), static d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal(("PG0005", Location.None), (diagnostic.Id, diagnostic.Location));

        // By the names of the classes, not by the order of the references.
        Assert.Contains("already the name of a port of Lib.Hidden", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

        // Numbers collide as well: 8081 and 9464 twice. A setting may cure that, and only the build has read the settings.
        compilation = Compile(Application, out _, Reference("Lib", Library, asFile: true), Reference("Other", other.Replace("\"hidden\"", "\"shown\"", StringComparison.Ordinal), asFile: true));
        Assert.DoesNotContain(await AnalyzeAsync(compilation), static d => d.Severity == DiagnosticSeverity.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_application_renames_a_library_s_ports_and_leaves_services_out(bool asFile)
    {
        var compilation = Compile(
            """
            using PortGen;
            [assembly: ReferencedPort("Lib", "oauth", Name = "login")]
            [assembly: ReferencedPort("Lib", "metrics", Name = "gauges")]
            [assembly: ReferencedPort("Other", "oauth", Exclude = true)]
            return Application.Ports.Manifest.Services.Count;

            [PortService("rest", Port = 8082, DependsOn = [typeof(Lib.OAuthServer)])] public sealed class Rest : Base;
            """,
            out var text,
            Reference("Lib", Library, asFile),
            Reference("Other", "namespace Other;\n" + Sources.Base + """[PortGen.PortService("oauth"), PortGen.AdditionalPort("metrics")] public sealed class OAuthServer : Base;""", asFile));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
        Assert.DoesNotContain(await AnalyzeAsync(compilation), static d => d.Severity == DiagnosticSeverity.Error);
        Assert.Contains("""global::PortGen.Exports.Lib_Services.Oauth.WithNames(new[] { "login", "gauges" }, new[] { "hidden" })""", text, StringComparison.Ordinal);
        Assert.Contains("PortDefinition Gauges { get; } = global::PortGen.Exports.Lib_Services.Oauth.WithNames(", text, StringComparison.Ordinal);
        Assert.Contains("""For<global::Rest>(new[] { Rest }, new[] { "login" })""", text, StringComparison.Ordinal);
        Assert.Contains("global::PortGen.Exports.Lib_Services.Hidden,", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Other", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics", "gauges", "Oauth.WithNames(new[] { \"oauth\", \"gauges\" }, new[] { \"hidden\" })", "Lib_Services.Hidden,")]
    [InlineData("hidden", "shown", "Oauth.WithNames(new[] { \"oauth\", \"metrics\" }, new[] { \"shown\" })", "Lib_Services.Hidden.WithNames(new[] { \"shown\" }, ")]
    public void A_service_has_the_new_names_of_its_ports_and_of_what_it_needs(string port, string name, params string[] services)
    {
        var compilation = Compile(
            $"[assembly: PortGen.ReferencedPort(\"Lib\", \"{port}\", Name = \"{name}\")]\n{Application}", out var text, Reference("Lib", Library, asFile: true));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
        Assert.All(services, s => Assert.Contains(s, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"Nobody\", \"oauth\", Name = \"a\"", "the referenced assemblies that declare ports are Lib")]
    [InlineData("\"Lib\", \"oaut\", Name = \"a\"", "the ports of Lib are hidden, metrics, oauth")]
    [InlineData("\"Lib\", \"oauth\"", "set either Name or Exclude")]
    [InlineData("\"Lib\", \"oauth\", Name = \"a\", Exclude = true", "set either Name or Exclude")]
    [InlineData("\"Lib\", \"oauth\", Name = \"A\"", "'A' is not a port name")]
    [InlineData("\"Lib\", \"metrics\", Exclude = true", "an additional port of service 'oauth'")]
    [InlineData("\"Lib\", \"hidden\", Exclude = true", "service 'oauth' depends on it")]
    [InlineData("\"Lib\", \"oauth\", Exclude = true", "service 'rest' depends on it")]
    [InlineData("\"Lib\", \"oauth\", Name = \"a\"), PortGen.ReferencedPort(\"Lib\", \"oauth\", Name = \"b\"", "another [ReferencedPort] changes the same port")]
    public async Task PG1010_says_what_can_t_be_applied_and_where(string arguments, string reason)
    {
        var compilation = Compile($"[assembly: PortGen.ReferencedPort({arguments})]\n{Application}", out _, Reference("Lib", Library, asFile: true));
        var diagnostic = Assert.Single(await AnalyzeAsync(compilation), static d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal(("PG1010", 0), (diagnostic.Id, diagnostic.Location.GetLineSpan().StartLinePosition.Line));
        Assert.Contains(reason, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_class_is_known_by_its_assembly_and_name(bool asFile)
    {
        // Each library has a class Shared.Worker, and one that depends on its own.
        static string Source(string name) => $$"""
            namespace Shared { {{Sources.Base}} [PortGen.PortService("{{name}}-w")] internal sealed class Worker : Base; }
            namespace {{name}} { [PortGen.PortService("{{name}}", DependsOn = [typeof(Shared.Worker)])] public sealed class Server : Shared.Base; }
            """;
        foreach (var order in new[] { (First: "alpha", Second: "beta"), (First: "beta", Second: "alpha") })
        {
            var compilation = Compile(
                Application.Replace(", DependsOn = [typeof(Lib.OAuthServer)]", "", StringComparison.Ordinal).Replace("public sealed class Rest", "internal sealed class Rest", StringComparison.Ordinal),
                out var text,
                [Reference(order.First, Source(order.First), asFile), Reference(order.Second, Source(order.Second), asFile)],
                out _);
            Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
            Assert.Contains("""new[] { "alpha-w", "beta-w", "rest" },""", text, StringComparison.Ordinal);
            Assert.Contains("""new[] { "alpha", "beta" },""", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reference_behind_an_alias_and_look_alike_assembly_names_work(bool asFile)
    {
        var compilation = Compile(
            Application.Replace(", DependsOn = [typeof(Lib.OAuthServer)]", "", StringComparison.Ordinal),
            out var text,
            [
                Reference("My.Lib", Sources.Base.Replace("Base", "B1", StringComparison.Ordinal) + """[PortGen.PortService("one")] public sealed class One : B1;""", asFile),
                Reference("My-Lib", Sources.Base.Replace("Base", "B2", StringComparison.Ordinal) + """[PortGen.PortService("two")] public sealed class Two : B2;""", asFile),
                Reference("My_Lib", Sources.Base.Replace("Base", "B3", StringComparison.Ordinal) + """[PortGen.PortService("three")] public sealed class Three : B3;""", asFile),
                Reference("Far", Library, asFile).WithAliases(["far"]),
            ],
            out _);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
        Assert.Contains("extern alias far;\n", text, StringComparison.Ordinal);
        Assert.Contains("far::PortGen.Exports.Far_Services.Oauth,", text, StringComparison.Ordinal);
        Assert.All(new[] { "One", "Two", "Three", "Oauth", "Rest" }, p => Assert.Contains($"PortDefinition {p} ", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_library_s_broken_service_is_told_of_behind_an_alias_too(bool asFile)
    {
        var library = Reference("Far", "namespace Far;\n" + Sources.Base + """[PortGen.PortService("broken"), PortGen.AdditionalPort("more")] public sealed class Broken;""", asFile).WithAliases(["far"]);
        var compilation = Compile(Application.Replace(", DependsOn = [typeof(Lib.OAuthServer)]", "", StringComparison.Ordinal), out var text, [library], out _);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
        Assert.Contains("\"PG1005: Class 'Far.Broken' has [PortService], but is neither an IPortService nor the entry point", text, StringComparison.Ordinal);
        Assert.Contains("PortDefinition Broken ", text, StringComparison.Ordinal);
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
