using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PortGen.Compiler.Model;
using PortGen.Compiler.Parsing;

namespace PortGen.Compiler.Rules;

/// <summary>All problems in one compilation, computed on first use.</summary>
internal sealed class ProblemTable(Compilation compilation, OutputOptions options)
{
    private Findings? _found;

    /// <summary>The name of the generated class.</summary>
    public string ClassName => options.ClassName;

    /// <inheritdoc cref="OutputOptions.HasWebHost"/>
    public bool HasWebHost => options.HasWebHost;

    /// <summary>The problems of a service in source.</summary>
    public IEnumerable<ServiceProblem> Of(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        Find(cancellationToken).ByType[QualifiedName.Of(type)].Where(static p => !p.Service.IsReferenced);

    /// <summary>The problems of the application as a whole, if this service is where they are reported; otherwise nothing.</summary>
    public IEnumerable<ApplicationProblem> OfApplication(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        Find(cancellationToken) is { FirstService: { } first } found && first == QualifiedName.Of(type) ? found.OfApplication : [];

    /// <summary>The problems of the application as a whole, if no service in source can report them.</summary>
    public IEnumerable<ApplicationProblem> OfApplication(CancellationToken cancellationToken) =>
        options.IsApplication && Find(cancellationToken) is { FirstService: null } found ? found.OfApplication : [];

    /// <summary>The problems between referenced libraries that no setting can fix.</summary>
    /// <remarks>The build reports those about numbers: it has read the settings. A library's own problems were reported when it was built.</remarks>
    public IEnumerable<ServiceProblem> OfReferences(CancellationToken cancellationToken) => _found is null && !options.IsApplication
        ? []
        : Find(cancellationToken).ByType.SelectMany(static g => g)
            .Where(static p => p.Service.IsReferenced && p.Rule.Severity == PortRuleSeverity.Error && !p.IsCurable);

    /// <summary>Why the change to a referenced port can't be made; <see langword="null"/> if it can.</summary>
    public ChangeProblem? Of(ReferencedPortChange change, CancellationToken cancellationToken) =>
        Find(cancellationToken).OfChanges.FirstOrDefault(p => p.Change == change);

    /// <summary>Services that the generator has not seen: those of another generator (PG1009).</summary>
    /// <returns>The classes; none before the generator has run, as in an editor that runs it only on save.</returns>
    public IEnumerable<INamedTypeSymbol> Unseen()
    {
        var fullName = _found?.Name.Namespace is { } root ? root.Replace("@", "") + "." + options.ClassName : options.ClassName;
        if (_found is null || compilation.Assembly.GetTypeByMetadataName(fullName) is not { } generated || !OutputNameFinder.IsGenerated(generated))
        {
            yield break;
        }

        foreach (var (type, service) in _found.Services)
        {
            if (generated.GetMembers(PortName.ToIdentifier(service.Port.Name)).IsEmpty && !_found.ByType[service.TypeName].Any(static p => p.Part == PortPart.Name))
            {
                yield return type;
            }
        }
    }

    // Two threads may both compute it; a Lazy would share the first one's cancellation with all.
    private Findings Find(CancellationToken cancellationToken) => _found ??= Compute(cancellationToken);

    private Findings Compute(CancellationToken cancellationToken)
    {
        var services = ServiceSearch.FindAll(compilation, cancellationToken).ToList();
        var result = ManifestBuilder.Build(
            new()
            {
                Declared = services.Select(static s => s.Service),
                Orphans = [],
                Referenced = compilation.References.SelectMany(r => ReferenceReader.Read(r, cancellationToken)),
                Changes = compilation.Assembly.GetAttributes()
                    .Where(static a => ServiceParser.IsNamed(a.AttributeClass, KnownNames.ReferencedPortAttribute))
                    .Select(static a => ReferencedPortChange.From(new SymbolArguments(a, own: null))).OfType<ReferencedPortChange>(),
                Options = options,
                HasCures = true,
            },
            cancellationToken);
        var name = OutputNameFinder.Find(compilation, options, cancellationToken);
        return new(
            name,
            result.Problems.ToLookup(static p => p.Service.TypeName, StringComparer.Ordinal),
            result.ChangeProblems,
            [.. ApplicationProblems(result.Manifest, name)],
            services);
    }

    private IEnumerable<ApplicationProblem> ApplicationProblems(ManifestModel manifest, OutputName name)
    {
        foreach (var property in options.UnusableProperties)
        {
            yield return new(PortRule.UnusableProperty, [property.Name, property.Value, property.Advice]);
        }

        if (options.IsApplication && manifest.Ports.Count == 0 && manifest.Problems.Count == 0)
        {
            yield return new(PortRule.NoServices, []);
        }

        if (name.OldLanguage is { } version)
        {
            yield return new(PortRule.LanguageVersion, [OutputNameFinder.Floor.ToDisplayString(), version]);
        }

        if (name.Collision is { } collision)
        {
            yield return new(PortRule.NameInUse, [options.ClassName, collision, "App" + options.ClassName]);
        }
    }

    private sealed record Findings(
        OutputName Name,
        ILookup<string, ServiceProblem> ByType,
        IReadOnlyList<ChangeProblem> OfChanges,
        IReadOnlyList<ApplicationProblem> OfApplication,
        IReadOnlyList<(INamedTypeSymbol Type, ServiceModel Service)> Services)
    {
        /// <summary>The class of the service where problems of the whole application are reported.</summary>
        public string? FirstService { get; } = Services.Select(static s => s.Service.TypeName).OrderBy(static n => n, StringComparer.Ordinal).FirstOrDefault();
    }
}

/// <summary>A rule that the application as a whole breaks.</summary>
internal sealed record ApplicationProblem(PortRule Rule, object[] Arguments);
