using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PortGen.Compiler.Tests.Support;

/// <summary>Compilations against the real runtime.</summary>
internal static class Compilations
{
    public static readonly CSharpParseOptions ParseOptions = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);

    /// <summary>The framework, the hosting libraries and the PortGen runtime.</summary>
    public static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => IsReferenced(Path.GetFileNameWithoutExtension(path)))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>What the compiler part needs to see of PortGen.AspNetCore: its name, and what generated code calls.</summary>
    public static readonly MetadataReference Web = Create("""
        namespace Microsoft.AspNetCore.Builder
        {
            public abstract class WebApplicationBuilder : Microsoft.Extensions.Hosting.IHostApplicationBuilder
            {
                public abstract System.Collections.Generic.IDictionary<object, object> Properties { get; }
                public abstract Microsoft.Extensions.Configuration.IConfigurationManager Configuration { get; }
                public abstract Microsoft.Extensions.Hosting.IHostEnvironment Environment { get; }
                public abstract Microsoft.Extensions.Logging.ILoggingBuilder Logging { get; }
                public abstract Microsoft.Extensions.Diagnostics.Metrics.IMetricsBuilder Metrics { get; }
                public abstract Microsoft.Extensions.DependencyInjection.IServiceCollection Services { get; }
                public abstract void ConfigureContainer<T>(Microsoft.Extensions.DependencyInjection.IServiceProviderFactory<T> factory, System.Action<T>? configure = null) where T : notnull;
            }
        }

        namespace PortGen
        {
            public static class PortWebHostExtensions
            {
                public static void AddPortServices(
                    Microsoft.AspNetCore.Builder.WebApplicationBuilder builder, PortManifest manifest, System.Action<PortServicesOptions>? configure = null) { }
            }
        }
        """).WithAssemblyName("PortGen.AspNetCore").ToMetadataReference();

    public static CSharpCompilation Create(params string[] sources) => Create(sources, OutputKind.DynamicallyLinkedLibrary);

    public static CSharpCompilation Create(IEnumerable<string> sources, OutputKind kind) => CSharpCompilation.Create(
        "Application",
        sources.Select(static (s, i) => Parse(s, $"File{i}.cs")),
        References,
        new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));

    public static SyntaxTree Parse(string source, string path = "Edited.cs") => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    private static bool IsReferenced(string name) =>
        name is "PortGen" or "mscorlib" or "netstandard"
        || name.StartsWith("System.", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
        || name == "System";
}
