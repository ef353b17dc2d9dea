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
                static (c, cancellationToken) => ServiceParser.Parse(
                    (INamedTypeSymbol)c.TargetSymbol, c.Attributes[0], c.SemanticModel.Compilation.Options, cancellationToken))
            .WithTrackingName(TrackingNames.Service)
            .Where(static service => service is not null)
            .Collect()
            .WithTrackingName(TrackingNames.DeclaredServices);

        var orphans = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownNames.AdditionalPortAttribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (c, _) => ServiceParser.ParseOrphan((INamedTypeSymbol)c.TargetSymbol, c.Attributes[0]))
            .Where(static orphan => orphan is not null)
            .Collect()
            .Select(static (found, _) => found.OfType<OrphanedPort>().ToEquatableArray())
            .WithTrackingName(TrackingNames.Orphans);

        var changes = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownNames.ReferencedPortAttribute,
                static (node, _) => node is CompilationUnitSyntax,
                static (c, _) => c.Attributes.Select(static a => ReferencedPortChange.From(new SymbolArguments(a, own: null))).OfType<ReferencedPortChange>().ToEquatableArray())
            .Collect()
            .Select(static (found, _) => found.SelectMany(static f => f).ToEquatableArray())
            .WithTrackingName(TrackingNames.Changes);

        var referenced = context.MetadataReferencesProvider
            .Select(ReferenceReader.Read)
            .WithTrackingName(TrackingNames.Reference)
            .Where(static ports => ports.Count > 0)
            .Collect()
            .Select(static (ports, _) => ports.SelectMany(static p => p).ToEquatableArray())
            .WithTrackingName(TrackingNames.ReferencedPorts);

        // Only these parts of the compilation, which code edits hardly ever change.
        var assembly = context.CompilationProvider.Select(static (c, _) => (c.AssemblyName, c.Options.OutputKind, HasWebHost: OutputOptionsParser.HasWebHost(c)));
        var options = context.AnalyzerConfigOptionsProvider.Combine(assembly)
            .Select(static (pair, _) => OutputOptionsParser.Parse(pair.Left.GlobalOptions, pair.Right.AssemblyName, pair.Right.OutputKind, pair.Right.HasWebHost))
            .WithTrackingName(TrackingNames.Options);
        var name = context.CompilationProvider.Combine(options)
            .Select(static (pair, cancellationToken) => OutputNameFinder.Find(pair.Left, pair.Right, cancellationToken))
            .WithTrackingName(TrackingNames.Name);

        var manifest = declared.Combine(orphans).Combine(referenced.Combine(changes)).Combine(options)
            .Select(static (input, cancellationToken) => ManifestBuilder.Build(
                new()
                {
                    Declared = input.Left.Left.Left!,
                    Orphans = input.Left.Left.Right,
                    Referenced = input.Left.Right.Left,
                    Changes = input.Left.Right.Right,
                    Options = input.Right,
                    HasCures = false,
                },
                cancellationToken).Manifest)
            .WithTrackingName(TrackingNames.Manifest);

        context.RegisterSourceOutput(
            manifest.Combine(options.Combine(name)).WithTrackingName(TrackingNames.Output),
            static (c, pair) => Emit(c, pair.Left, pair.Right.Left, pair.Right.Right));
    }

    private static void Emit(SourceProductionContext context, ManifestModel manifest, OutputOptions options, OutputName name)
    {
        if ((!manifest.IsDeclared && !options.IsApplication) || name.Collision is not null || !name.IsPrintable)
        {
            return;
        }

        context.CancellationToken.ThrowIfCancellationRequested();
        context.AddSource(options.ClassName + ".g.cs", PortsEmitter.Emit(manifest, options, name));
        if (options.IsLibrary && (manifest.Broken.Count > 0 || manifest.Services.Any(static s => s.Registration is null)))
        {
            context.AddSource(options.ClassName + ".Exports.g.cs", ExportsEmitter.Emit(manifest, options, name));
        }
    }
}
