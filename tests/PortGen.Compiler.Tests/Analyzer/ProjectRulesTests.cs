using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Analyzer;

/// <summary>What no source file alone can show: the project's properties, its references, other generators.</summary>
public sealed class ProjectRulesTests
{
    private const string Service = """
        System.Console.WriteLine(Ports.Manifest);
        [PortGen.PortService("echo")] public sealed class Echo : Base;

        """ + Sources.Base;

    [Fact]
    public void PG1004_an_application_without_any_service()
    {
        Assert.Equal(["PG1004"], Analyzed("System.Console.WriteLine(Ports.Manifest);", ("PortGenApplication", "true")).Select(static d => d.Id));
        Assert.Empty(Analyzed(Service, ("PortGenApplication", "true")));
        Assert.Empty(Analyzed("System.Console.WriteLine();"));
        Assert.Empty(Analyzed("System.Console.WriteLine();", ("PortGenApplication", "false")));
    }

    [Fact]
    public void PG1004_executables_bring_no_services_along_and_libraries_do()
    {
        var library = Generation.ToReference("Lib", "namespace Lib;\n" + Sources.Base + """[PortGen.PortService("oauth")] public sealed class OAuth : Base;""", asFile: true);
        var executable = Generation.Driver(("RootNamespace", "Exe")).RunGeneratorsAndUpdateCompilation(
            Compilations.Create([Service], OutputKind.ConsoleApplication).WithAssemblyName("Exe"), out var compilation, out _, TestContext.Current.CancellationToken);
        Assert.NotNull(executable);
        const string Source = "System.Console.WriteLine(Ports.Manifest);";
        Assert.Empty(FullBuild.Compile(Source, LanguageVersion.Latest, [("PortGenApplication", "true")], library).Analyzed);
        var diagnostic = Assert.Single(FullBuild.Compile(Source, LanguageVersion.Latest, [("PortGenApplication", "True")], compilation.ToMetadataReference()).Analyzed);
        Assert.Equal("PG1004", diagnostic.Id);
        Assert.Contains("services of a referenced executable stay with that executable", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PortGenClassName", "not a name", "Property PortGenClassName is 'not a name': write a class name, such as Ports")]
    [InlineData("PortGenClassName", "class", "Property PortGenClassName is 'class'")]
    [InlineData("PortGenAccessibility", "protected", "Property PortGenAccessibility is 'protected': write public or internal")]
    [InlineData("PortGenApplication", "yes", "Property PortGenApplication is 'yes': write true or false")]
    public void PG4003_a_property_that_can_t_be_used(string name, string value, string message)
    {
        var diagnostic = Assert.Single(Analyzed(Service, (name, value)));
        Assert.Equal("PG4003", diagnostic.Id);
        Assert.Contains(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.StartsWith("Program.cs", diagnostic.Location.GetLineSpan().Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PortGenAccessibility", "Public")]
    [InlineData("PortGenAccessibility", " INTERNAL ")]
    [InlineData("PortGenApplication", "TRUE")]
    public void The_case_of_a_property_does_not_matter(string name, string value) => Assert.Empty(Analyzed(Service, (name, value)));

    [Fact]
    public void PG1009_a_service_of_another_generator()
    {
        const string Other = """[PortGen.PortService("time"), PortGen.AdditionalPort("more")] public sealed class Time : Base;""";
        var compilation = Compilations.Create([Service], OutputKind.ConsoleApplication);
        Generation.Driver(Compilations.ParseOptions, [new OtherGenerator(Other).AsSourceGenerator()])
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _, TestContext.Current.CancellationToken);
        var diagnostic = Assert.Single(FullBuild.Analyze(generated));
        Assert.Equal("PG1009", diagnostic.Id);
        Assert.Contains("Class 'Time'", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Contains(WellKnownDiagnosticTags.NotConfigurable, diagnostic.Descriptor.CustomTags);

        // Before the generator has run there is nothing to compare with.
        Assert.Empty(FullBuild.Analyze(Compilations.Create([Service.Replace("Ports.Manifest", "", StringComparison.Ordinal)], OutputKind.ConsoleApplication)));
    }

    private static IReadOnlyList<Diagnostic> Analyzed(string source, params (string, string)[] properties)
    {
        var (errors, analyzed) = FullBuild.Compile(source, LanguageVersion.Latest, properties);
        Assert.Empty(errors);
        return analyzed;
    }

    private sealed class OtherGenerator(string source) : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) =>
            context.RegisterSourceOutput(context.ParseOptionsProvider, (c, _) => c.AddSource("Other.g.cs", source));
    }
}
