using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PortGen.Compiler.Emission;
using PortGen.Compiler.Model;
using PortGen.Compiler.Parsing;

namespace PortGen.Compiler;

/// <summary>Generates the <c>Ports</c> class from the classes with <c>[PortService]</c>. It reports nothing: the analyzers do.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class PortsGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var services = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownNames.PortServiceAttribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (c, cancellationToken) => ServiceParser.Parse((INamedTypeSymbol)c.TargetSymbol, c.Attributes[0], cancellationToken))
            .WithTrackingName(TrackingNames.Service)
            .Where(static service => service is not null)
            .Collect()
            .WithTrackingName(TrackingNames.Services);

        var options = context.AnalyzerConfigOptionsProvider
            .Select(static (provider, _) => OutputOptionsParser.Parse(provider.GlobalOptions))
            .WithTrackingName(TrackingNames.Options);

        var manifest = services
            .Combine(options)
            .Select(static (pair, cancellationToken) => ManifestBuilder.Build(pair.Left!, pair.Right.ClassName, cancellationToken).Manifest)
            .WithTrackingName(TrackingNames.Manifest);

        context.RegisterSourceOutput(
            manifest.Combine(options).WithTrackingName(TrackingNames.Output),
            static (c, pair) => Emit(c, pair.Left, pair.Right));
    }

    private static void Emit(SourceProductionContext context, ManifestModel manifest, OutputOptions options)
    {
        if (!manifest.IsDeclared && !options.IsApplication)
        {
            return;
        }

        context.CancellationToken.ThrowIfCancellationRequested();
        context.AddSource(options.ClassName + ".g.cs", PortsEmitter.Emit(manifest, options));
    }
}
