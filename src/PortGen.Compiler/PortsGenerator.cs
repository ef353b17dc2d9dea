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
        var declared = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownNames.PortServiceAttribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (c, cancellationToken) => ServiceParser.Parse((INamedTypeSymbol)c.TargetSymbol, c.Attributes[0], cancellationToken))
            .WithTrackingName(TrackingNames.Service)
            .Where(static service => service is not null)
            .Collect()
            .WithTrackingName(TrackingNames.DeclaredServices);

        var referenced = context.MetadataReferencesProvider
            .Select(ReferenceReader.Read)
            .WithTrackingName(TrackingNames.Reference)
            .Where(static services => services.Count > 0)
            .Collect()
            .Select(static (services, _) => services.SelectMany(static s => s).ToEquatableArray())
            .WithTrackingName(TrackingNames.ReferencedServices);

        // Of the compilation only these two, which an edit of code doesn't change.
        var assembly = context.CompilationProvider.Select(static (c, _) => (c.AssemblyName, c.Options.OutputKind));
        var options = context.AnalyzerConfigOptionsProvider.Combine(assembly)
            .Select(static (pair, _) => OutputOptionsParser.Parse(pair.Left.GlobalOptions, pair.Right.AssemblyName, pair.Right.OutputKind))
            .WithTrackingName(TrackingNames.Options);

        var manifest = declared.Combine(referenced).Combine(options)
            .Select(static (input, cancellationToken) => ManifestBuilder
                .Build(input.Left.Left!, input.Left.Right, input.Right.ClassName, cancellationToken).Manifest)
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
        if (options.IsLibrary && manifest.Services.Any(static s => s.Registration is null))
        {
            context.AddSource(options.ClassName + ".Exports.g.cs", ExportsEmitter.Emit(manifest, options));
        }
    }
}
