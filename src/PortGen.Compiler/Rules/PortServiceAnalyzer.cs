using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Model;
using PortGen.Compiler.Parsing;

namespace PortGen.Compiler.Rules;

/// <summary>Reports every broken rule at the attribute argument that breaks it.</summary>
/// <remarks>
/// Rules about several services need them all, so the first port service that is analyzed has the manifest computed, once per
/// compilation. Each symbol then reports its own problems: live in the editor, silenced by <c>#pragma</c>, open to code fixes.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PortServiceAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => RuleDescriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownNames.PortServiceAttribute) is null)
            {
                return;
            }

            var options = OutputOptionsParser.Parse(
                start.Options.AnalyzerConfigOptionsProvider.GlobalOptions, start.Compilation.AssemblyName, start.Compilation.Options.OutputKind);
            var problems = new ProblemTable(start.Compilation, options);
            start.RegisterSymbolAction(c => Report(c, problems), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(c => ReportReferences(c, problems));
        });
    }

    private static void Report(SymbolAnalysisContext context, ProblemTable problems)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!ServiceSearch.MayHaveAttributes(type, context.CancellationToken) || ServiceParser.FindPortService(type) is not { } attribute)
        {
            return;
        }

        foreach (var problem in problems.Of(type, context.CancellationToken))
        {
            var location = ProblemLocation.Find(type, attribute, problem, context.CancellationToken);
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(problem.Rule), location, Cures(problem), problem.Arguments));
        }
    }

    // Two libraries that collide have no place in this project's source, and no fix there: only this is left for the end.
    private static void ReportReferences(CompilationAnalysisContext context, ProblemTable problems)
    {
        foreach (var problem in problems.OfReferences(context.CancellationToken))
        {
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(problem.Rule), Location.None, problem.Arguments));
        }
    }

    // The code fixes read what the rules propose.
    private static ImmutableDictionary<string, string?> Cures(ServiceProblem problem) =>
        problem.Cures.ToImmutableDictionary(static c => c.Part.ToString(), static c => (string?)c.Text);

    /// <summary>The problems of one compilation, computed when first asked for.</summary>
    private sealed class ProblemTable(Compilation compilation, OutputOptions options)
    {
        private ILookup<string, ServiceProblem>? _byType;

        public IEnumerable<ServiceProblem> Of(INamedTypeSymbol type, CancellationToken cancellationToken) =>
            Find(cancellationToken)[QualifiedName.Of(type)].Where(static p => !p.Service.IsReferenced);

        // What is wrong with a library by itself was reported where it was built.
        public IEnumerable<ServiceProblem> OfReferences(CancellationToken cancellationToken) => _byType is null && !options.IsApplication
            ? []
            : Find(cancellationToken).SelectMany(static g => g)
                .Where(static p => p.Service.IsReferenced && p.Rule.Severity == PortRuleSeverity.Error);

        private ILookup<string, ServiceProblem> Find(CancellationToken cancellationToken)
        {
            // Two threads may both compute it; a Lazy would make the first one's cancellation everybody's.
            return _byType ??= ManifestBuilder
                .Build(
                    ServiceSearch.FindAll(compilation, cancellationToken),
                    compilation.References.SelectMany(r => ReferenceReader.Read(r, cancellationToken)),
                    options.ClassName,
                    cancellationToken)
                .Problems
                .ToLookup(static p => p.Service.TypeName, StringComparer.Ordinal);
        }
    }
}
