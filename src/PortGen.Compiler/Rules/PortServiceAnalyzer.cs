using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
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

            var problems = new ProblemTable(start.Compilation, OutputOptionsParser.Parse(start.Options.AnalyzerConfigOptionsProvider.GlobalOptions).ClassName);
            start.RegisterSymbolAction(c => Report(c, problems), SymbolKind.NamedType);
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
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(problem.Rule), location, problem.Arguments));
        }
    }

    /// <summary>The problems of one compilation by service type, computed when first asked for.</summary>
    private sealed class ProblemTable(Compilation compilation, string className)
    {
        private ILookup<string, ServiceProblem>? _byType;

        public IEnumerable<ServiceProblem> Of(INamedTypeSymbol type, CancellationToken cancellationToken)
        {
            // Two threads may both compute it; a Lazy would make the first one's cancellation everybody's.
            _byType ??= ManifestBuilder
                .Build(ServiceSearch.FindAll(compilation, cancellationToken), className, cancellationToken).Problems
                .ToLookup(static p => p.Service.TypeName, StringComparer.Ordinal);
            return _byType[type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)];
        }
    }
}
