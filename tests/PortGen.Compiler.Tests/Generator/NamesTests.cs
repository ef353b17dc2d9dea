using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Generator;

/// <summary>The generated class is in scope everywhere, changes the meaning of nothing that the user has written, and where it can't be, one diagnostic says so.</summary>
public sealed class NamesTests
{
    private const string Service = """[PortGen.PortService("echo")] public sealed class Echo : Base;""";

    [Theory]
    [InlineData("Acme.Shop", "Ports.Manifest.ToString(); new Timer(_ => { });", "namespace Acme.Shop { class Timer; }")]
    [InlineData("Acme.Shop", "Ports.Manifest.ToString();", "namespace Acme.Shop { class Inner { object M() => Ports.Manifest; RunningPorts? N() => null; } }")]
    [InlineData("Acme.Shop", "Ports.Manifest.ToString();", "namespace Acme { class Inner { object M() => Ports.Manifest; class Ports2; enum RunningPort; } }")]
    [InlineData("Acme.Shop", "Ports.Manifest.ToString();", "class Inner { enum Ports { One } object M() => Ports.One; }")]
    [InlineData("Acme.Shop", "Ports.Manifest.ToString();", "namespace Acme.Domain.Ports { interface IClock; } namespace Acme.Domain { class Clock : Ports.IClock; }")]
    [InlineData("Acme.Shop", "Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder().AddPortServices();", "")]
    [InlineData("Acme.Shop", "", "namespace Acme.Shop { class Inner { object M(Microsoft.Extensions.Hosting.HostApplicationBuilder b) => b.AddPortServices(); } }")]
    [InlineData("Acme.Shop", "using Acme.Shop; Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder().AddPortServices();", "")]
    [InlineData("Ports", "Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder().AddPortServices();", "")]
    [InlineData("Ports", "Ports.Manifest.ToString();", "")]
    [InlineData("Ports.Web", "Ports.Manifest.ToString();", "")]
    [InlineData("EchoServer", "Ports.Manifest.ToString(); new EchoServer();", "class EchoServer;")]
    [InlineData("Acme.EchoServer", "Ports.Manifest.ToString();", "namespace Acme { class EchoServer; }")]
    [InlineData("Acme.Shop", "Ports.Manifest.ToString();", "namespace Acme { class Shop<T>; }")]
    public void It_works_beside_the_user_s_own_names(string rootNamespace, string statements, string declarations)
    {
        var (errors, analyzed) = Compile(rootNamespace, $"using System.Threading;\n{(statements.Length == 0 ? "System.Console.WriteLine();" : statements)}\n{declarations}\n{Service}\n{Sources.Base}");
        Assert.Empty(errors);
        Assert.Empty(analyzed);
    }

    [Theory]
    [InlineData("Acme.Shop", "class Ports;", "a type Ports")]
    [InlineData("Acme.Shop", "class RunningPorts;", "a type RunningPorts")]
    [InlineData("Acme.Shop", "namespace Acme.Shop { class Ports; }", "a type Acme.Shop.Ports")]
    [InlineData("Acme.Shop", "namespace Acme.Other { enum Ports; }", "a type Acme.Other.Ports")]
    [InlineData("Acme.Shop", "namespace Ports { class A; }", "a namespace Ports")]
    [InlineData("Ports", "namespace Ports { class A; }", "a namespace Ports")]
    public void Where_it_can_t_one_diagnostic_says_which_property_to_set(string rootNamespace, string declarations, string taken)
    {
        var source = $"System.Console.WriteLine();\n{declarations}\n{Service}\n{Sources.Base}";
        var (errors, analyzed) = Compile(rootNamespace, source);
        Assert.Empty(errors);
        var diagnostic = Assert.Single(analyzed);
        Assert.Equal("PG1007", diagnostic.Id);
        Assert.Contains($"because this project has {taken}: set another name in the project file, such as <PortGenClassName>AppPorts</PortGenClassName>", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

        // And what it says helps.
        (errors, analyzed) = Compile(rootNamespace, source.Replace("System.Console.WriteLine();", "AppPorts.Manifest.ToString();", StringComparison.Ordinal), ("PortGenClassName", "AppPorts"));
        Assert.Empty(errors);
        Assert.Empty(analyzed);
    }

    [Fact]
    public void A_type_of_a_reference_has_the_name_too()
    {
        var library = Compilations.Create("public class Ports;").WithAssemblyName("Lib").ToMetadataReference();
        var (_, analyzed) = FullBuild.Compile($"System.Console.WriteLine();\n{Service}\n{Sources.Base}", LanguageVersion.Latest, [("RootNamespace", "Acme.Shop")], library);
        var diagnostic = Assert.Single(analyzed);
        Assert.Equal("PG1007", diagnostic.Id);
        Assert.Contains("a type Ports", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void A_namespace_beside_the_class_doesn_t_hide_it()
    {
        // Inside of Acme.Shop the simple name means the namespace, as it did before; outside it means the class.
        var (errors, analyzed) = Compile("Acme.Shop", $"Ports.Manifest.ToString();\nnamespace Acme.Shop.Ports {{ interface IClock; }}\nnamespace Acme.Shop {{ class Clock : Ports.IClock; }}\n{Service}\n{Sources.Base}");
        Assert.Empty(errors);
        Assert.Empty(analyzed);
    }

    [Fact]
    public void Another_project_s_class_in_the_global_namespace_is_not_in_the_way()
    {
        var other = Compilations.Create("""[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Application")] class EchoServer;""" + Service.Replace("Echo", "Time", StringComparison.Ordinal).Replace("echo", "time", StringComparison.Ordinal) + Sources.Base).WithAssemblyName("Other");
        Generation.Driver(("RootNamespace", "EchoServer")).RunGeneratorsAndUpdateCompilation(other, out var generated, out _, TestContext.Current.CancellationToken);
        Assert.NotNull(generated.GetTypeByMetadataName("Ports"));
        var (errors, analyzed) = FullBuild.Compile(
            "System.Console.WriteLine(Ports.Echo);\n" + Service.Replace("Base", "EchoBase", StringComparison.Ordinal) + Sources.Base.Replace("Base", "EchoBase", StringComparison.Ordinal),
            LanguageVersion.Latest,
            [("RootNamespace", "Acme.Shop")],
            generated.ToMetadataReference());
        Assert.DoesNotContain(errors, static e => e.Id != "CS0436");
        Assert.Empty(analyzed);
    }

    [Fact]
    public void Below_the_lowest_language_version_there_is_one_clear_error()
    {
        const string Source = """
            public static class Program { public static object Main() => Ports.Manifest; }
            [PortGen.PortService("echo")] public sealed class Echo : Base { }
            [PortGen.PortService("time")] public sealed class Time : Base { }
            """;
        var (errors, analyzed) = Compile("Acme.Shop", Source + Sources.Base, LanguageVersion.CSharp9);
        Assert.DoesNotContain(errors, static e => e.Severity == DiagnosticSeverity.Error && e.Id != "CS5001");
        var diagnostic = Assert.Single(analyzed);
        Assert.Equal(("PG4002", "PortGen generates C# 10.0, but this project compiles C# 9.0: remove LangVersion from the project file, or set it to 10.0 or later"), (diagnostic.Id, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)));

        // Older ones can't even read what would be generated.
        foreach (var version in new[] { LanguageVersion.CSharp8, LanguageVersion.CSharp7_3 })
        {
            (errors, analyzed) = Compile("Acme.Shop", Source.Replace("Ports.Manifest", "null", StringComparison.Ordinal) + Sources.Base, version);
            Assert.DoesNotContain(errors, static e => e.Severity == DiagnosticSeverity.Error && e.Id != "CS5001");
            Assert.Equal("PG4002", Assert.Single(analyzed).Id);
        }
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp10)]
    [InlineData(LanguageVersion.CSharp9, "PG4002")]
    public void Code_that_uses_the_class_compiles_in_any_version_that_can_read_it(LanguageVersion version, params string[] reported)
    {
        const string Source = """
            public static class Program { public static void Main() { object o = Ports.Echo; } }
            [PortGen.PortService("echo")] public sealed class Echo : Base { }

            """;
        var (errors, analyzed) = Compile("Acme.Shop", Source + Sources.Base, version);
        Assert.DoesNotContain(errors, static e => e.Severity == DiagnosticSeverity.Error);
        Assert.Equal(reported, analyzed.Select(static d => d.Id));
    }

    private static (IReadOnlyList<Diagnostic> Errors, IReadOnlyList<Diagnostic> Analyzed) Compile(string rootNamespace, string source, params (string, string)[] properties) =>
        FullBuild.Compile(source, LanguageVersion.Latest, [("RootNamespace", rootNamespace), .. properties]);

    private static (IReadOnlyList<Diagnostic> Errors, IReadOnlyList<Diagnostic> Analyzed) Compile(string rootNamespace, string source, LanguageVersion version) =>
        FullBuild.Compile(source, version, [("RootNamespace", rootNamespace)]);
}
