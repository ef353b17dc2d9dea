using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Rules;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Analyzer;

/// <summary>The class with the entry point declares a port of the application's own host, and no other class without the interface declares any.</summary>
public sealed class HostServiceTests
{
    private const string Host = """[PortGen.PortService("web", Port = 5080, Range = "5080-5089")] public partial class Program;""";

    [Theory]
    [InlineData("System.Console.WriteLine();", Host)]
    [InlineData("", """[PortGen.PortService("web")] public class Program { static void Main() { } }""")]
    [InlineData("", """[PortGen.PortService("web")] public static class Start { static async System.Threading.Tasks.Task<int> Main(string[] args) { await System.Threading.Tasks.Task.Yield(); return 0; } }""")]
    [InlineData("", """[PortGen.PortService("web")] public abstract class Start { static int Main() => 0; }""")]
    [InlineData("", """namespace My { [PortGen.PortService("web")] public sealed class Start { private static void Main() { } } }""")]
    public async Task The_entry_point_is_a_service_whatever_its_class_looks_like(string statements, string declaration)
    {
        var compilation = Application(statements, declaration);
        Assert.Empty(await ReportsAsync(compilation));
        var text = Generate(compilation);
        Assert.Contains("PortServiceDefinition.ForHost(typeof(global::", text, StringComparison.Ordinal);
        Assert.Contains("new[] { \"web\" },", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public sealed class WebPort;")]
    [InlineData("public sealed class WebPort { void Main() { } }")]
    [InlineData("public sealed class WebPort { static int Main; }")]
    [InlineData("public sealed class WebPort { static void Main<T>() { } }")]
    public async Task Any_other_class_is_told_to_give_the_attribute_to_the_entry_point_or_to_implement_the_interface(string declaration)
    {
        var report = Assert.Single(await ReportsAsync(Application("System.Console.WriteLine();", $"""[PortGen.PortService("web")] {declaration}""")));
        Assert.StartsWith("PG1005: Class 'WebPort' has [PortService], but is neither an IPortService nor the entry point", report, StringComparison.Ordinal);
        Assert.Contains("'public partial class Program'", report, StringComparison.Ordinal);
        Assert.Contains("BackgroundPortService", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_classes_with_a_Main_the_project_s_startup_object_counts()
    {
        const string Two = """namespace N { [PortGen.PortService("one")] public class One { static void Main() { } } [PortGen.PortService("two")] public class Two { static void Main() { } } }""";
        var compilation = Application("", Two);
        var report = Assert.Single(await ReportsAsync(compilation.WithOptions(compilation.Options.WithMainTypeName("N.Two"))));
        Assert.StartsWith("PG1005: Class 'N.One'", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_has_no_host()
    {
        var report = Assert.Single(await ReportsAsync(Compilations.Create("""[PortGen.PortService("web")] public class Program { static void Main() { } }""")));
        Assert.StartsWith("PG1005", report, StringComparison.Ordinal);
        Assert.Contains("a library has no entry point", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_browser_nothing_listens()
    {
        var report = Assert.Single(await ReportsAsync(Application("System.Console.WriteLine();", Host), ("RuntimeIdentifier", "browser-wasm")));
        Assert.StartsWith("PG1005", report, StringComparison.Ordinal);
        Assert.Contains("can't listen", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_class_with_the_entry_point_that_implements_the_interface_is_a_service_like_any_other()
    {
        var compilation = Application("", Sources.Base + """[PortGen.PortService("web")] public class Program : Base { static void Main() { } }""");
        Assert.Empty(await ReportsAsync(compilation));
        Assert.Contains("PortServiceDefinition.For<global::Program>", Generate(compilation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_starts_last_and_may_have_more_ports()
    {
        var compilation = Application("System.Console.WriteLine();", Sources.Base + """
            [PortGen.PortService("a-web", Port = 5080), PortGen.AdditionalPort("admin", Port = 5090)] public partial class Program;
            [PortGen.PortService("oauth", Port = 5081)] public sealed class OAuth : Base;
            [PortGen.PortService("rest", Port = 5082, DependsOn = [typeof(OAuth)])] public sealed class Rest : Base;
            """);
        Assert.Empty(await ReportsAsync(compilation));
        var text = Generate(compilation);
        Assert.Contains("ForHost(typeof(global::Program), new[] { AWeb, Admin })", text, StringComparison.Ordinal);
        var waves = text.Split("new string[][]")[1].Split('\n').Where(static l => l.Contains("new[] {", StringComparison.Ordinal)).Select(static l => l.Trim());
        Assert.Equal(["""new[] { "oauth" },""", """new[] { "rest" },""", """new[] { "a-web" },"""], waves);
    }

    [Theory]
    [InlineData("""[PortGen.PortService("web", Required = false)] public partial class Program;""", "it can't be optional")]
    [InlineData(Host + """[PortGen.PortService("rest", DependsOn = [typeof(Program)])] public sealed class Rest : Base;""", "'rest' can't depend on it")]
    public async Task What_a_host_can_t_do_is_refused_by_the_compiler_and_where_that_is_silenced_by_the_start(string declarations, string advice)
    {
        var compilation = Application("System.Console.WriteLine();", Sources.Base + declarations);
        var report = Assert.Single(await ReportsAsync(compilation));
        Assert.StartsWith("PG1012: Port 'web' is served by the application's own host", report, StringComparison.Ordinal);
        Assert.Contains(advice, report, StringComparison.Ordinal);
        Assert.Contains("PG1012: Port 'web' is served", Generate(compilation).Split("new string[][]")[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public partial class Program;", true, false)]
    [InlineData("partial class Program;", true, true)]
    [InlineData("partial class Program;", false, false)]
    public async Task An_internal_entry_point_is_a_hint_where_tests_of_web_applications_name_it(string declaration, bool isWeb, bool isTold)
    {
        var compilation = Application("System.Console.WriteLine();", $"""[PortGen.PortService("web")] {declaration}""", isWeb);
        Assert.Equal(isTold ? ["PG1011: Class 'Program' is internal, so WebApplicationFactory<Program> of a test project can't name it: write 'public partial class Program'"] : [], await ReportsAsync(compilation));
    }

    [Theory]
    [InlineData(true, "Application")]
    [InlineData(false, "Application")]
    [InlineData(true, "")]
    public void A_web_application_s_builder_is_told_apart_where_the_web_package_is_there_also_behind_an_interface(bool isWeb, string rootNamespace)
    {
        var calls = isWeb ? "Microsoft.AspNetCore.Builder.WebApplicationBuilder b = null!; b.AddPortServices(); Ports.AddPortServices(b);" : "";
        var text = Generate(Application(calls + "Microsoft.Extensions.Hosting.HostApplicationBuilder c = null!; c.AddPortServices();", Host, isWeb), ("RootNamespace", rootNamespace));
        Assert.Equal(isWeb, text.Contains("PortWebHostExtensions.AddPortServices(web, Manifest, configure)", StringComparison.Ordinal));
        Assert.Contains("PortHostBuilderExtensions.AddPortServices(builder, Manifest, configure)", text, StringComparison.Ordinal);
    }

    private static CSharpCompilation Application(string statements, string declarations, bool isWeb = true) =>
        Compilations.Create([statements, declarations], OutputKind.ConsoleApplication).AddReferences(isWeb ? [Compilations.Web] : []);

    private static string Generate(CSharpCompilation compilation, params (string Key, string Value)[] properties)
    {
        Generation.Driver(properties).RunGeneratorsAndUpdateCompilation(compilation, out var complete, out _, TestContext.Current.CancellationToken);
        Assert.Empty(complete.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
        return complete.SyntaxTrees.Single(static t => t.FilePath.EndsWith("Ports.g.cs", StringComparison.Ordinal)).ToString();
    }

    private static async Task<IReadOnlyList<string>> ReportsAsync(CSharpCompilation compilation, params (string Key, string Value)[] properties)
    {
        var options = new AnalyzerOptions([], Generation.Properties(properties));
        var reports = await compilation.WithAnalyzers([new PortServiceAnalyzer()], options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. reports.Where(static d => d.Id != "PG0012").Select(static d => $"{d.Id}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}")];
    }
}
