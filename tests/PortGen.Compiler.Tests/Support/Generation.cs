using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PortGen.Compiler.Tests.Support;

/// <summary>Runs the generator.</summary>
internal static class Generation
{
    public static GeneratorDriver Driver(params (string Key, string Value)[] properties) => Driver(Compilations.ParseOptions, [], properties);

    public static GeneratorDriver Driver(CSharpParseOptions parseOptions, IEnumerable<ISourceGenerator> others, params (string Key, string Value)[] properties) => CSharpGeneratorDriver.Create(
        [new PortsGenerator().AsSourceGenerator(), .. others],
        parseOptions: parseOptions,
        optionsProvider: Properties(properties),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The project's properties, as generator and analyzers see them.</summary>
    public static AnalyzerConfigOptionsProvider Properties(params (string Key, string Value)[] properties) => new Options([("RootNamespace", "Application"), .. properties]);

    /// <summary>The generated file, or <see langword="null"/> for none. The compilation with it has no errors and no warnings.</summary>
    public static string? Generate(string source, params (string Key, string Value)[] properties)
    {
        var run = Driver(properties).RunGeneratorsAndUpdateCompilation(
            Compilations.Create(source), out var compilation, out var diagnostics, TestContext.Current.CancellationToken);
        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
        return run.GetRunResult().Results.Single().GeneratedSources is [var file, ..] ? file.SourceText.ToString() : null;
    }

    /// <summary>A compilation after the generator has run over it, as a reference for others.</summary>
    public static MetadataReference ToReference(string assemblyName, string source, bool asFile)
    {
        Driver(("RootNamespace", assemblyName)).RunGeneratorsAndUpdateCompilation(
            Compilations.Create(source).WithAssemblyName(assemblyName), out var compilation, out _, TestContext.Current.CancellationToken);
        if (!asFile)
        {
            return compilation.ToMetadataReference();
        }

        return MetadataReference.CreateFromImage(ToImage(compilation));
    }

    /// <summary>The bytes of an assembly.</summary>
    public static byte[] ToImage(Compilation compilation)
    {
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        return image.ToArray();
    }

    private sealed class Options((string Key, string Value)[] properties) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } =
            new GlobalOptionValues(properties.GroupBy(static p => "build_property." + p.Key).ToImmutableDictionary(static g => g.Key, static g => g.Last().Value));

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class GlobalOptionValues(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
