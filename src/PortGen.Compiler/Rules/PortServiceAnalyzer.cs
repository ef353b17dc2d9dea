using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Parsing;

namespace PortGen.Compiler.Rules;

/// <summary>Reports every broken rule at the attribute argument that breaks it.</summary>
/// <remarks>
/// Rules about several services need them all, so analyzing the first port service computes the manifest, once per
/// compilation. Each symbol then reports its own problems: live in the editor, with <c>#pragma</c> and code fixes working.
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
                start.Options.AnalyzerConfigOptionsProvider.GlobalOptions, start.Compilation.AssemblyName, start.Compilation.Options.OutputKind,
                OutputOptionsParser.HasWebHost(start.Compilation));
            var problems = new ProblemTable(start.Compilation, options);
            start.RegisterSymbolAction(c => Report(c, problems), SymbolKind.NamedType);
            start.RegisterSyntaxNodeAction(c => ReportChanges(c, problems), SyntaxKind.AttributeList);
            start.RegisterCompilationEndAction(c => ReportWithoutPlace(c, problems));
        });
    }

    private static void Report(SymbolAnalysisContext context, ProblemTable problems)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!ServiceSearch.MayHaveAttributes(type, context.CancellationToken))
        {
            return;
        }

        if (ServiceParser.FindPortService(type) is not { } attribute)
        {
            ReportOrphans(context, type);
            return;
        }

        var isUsable = true;
        foreach (var problem in problems.Of(type, context.CancellationToken))
        {
            isUsable &= !problem.IsOfClass;
            var location = ProblemLocation.Find(type, attribute, problem, context.CancellationToken);
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(problem.Rule, problem.IsOfDevelopment), location, Cures(problem), problem.Arguments));
        }

        if (isUsable && EntryPoint.Has(type, context.Compilation.Options))
        {
            ReportInternalProgram(context, type, problems);
        }
        else if (isUsable && ClassCreation.Defect(type) is { } defect)
        {
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(PortRule.NotCreatable), type.Locations[0], type.ToDisplayString(), defect));
        }

        foreach (var problem in problems.OfApplication(type, context.CancellationToken))
        {
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(problem.Rule), ProblemLocation.Of(type, attribute, context.CancellationToken), problem.Arguments));
        }
    }

    // PG1011: only tests of web applications refer to it.
    private static void ReportInternalProgram(SymbolAnalysisContext context, INamedTypeSymbol type, ProblemTable problems)
    {
        if (type.DeclaredAccessibility == Accessibility.Internal && problems.HasWebHost)
        {
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(PortRule.InternalProgram), type.Locations[0], type.ToDisplayString()));
        }
    }

    // PG1006.
    private static void ReportOrphans(SymbolAnalysisContext context, INamedTypeSymbol type)
    {
        foreach (var attribute in ServiceParser.AdditionalPortAttributes(type))
        {
            if (ServiceParser.ParseOrphan(type, attribute) is { } orphan)
            {
                var location = ProblemLocation.Of(type, attribute, context.CancellationToken);
                context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(PortRule.PortWithoutService), location, orphan.Class, orphan.Port));
            }
        }
    }

    // PG1010: assembly attributes don't belong to any analyzed symbol.
    private static void ReportChanges(SyntaxNodeAnalysisContext context, ProblemTable problems)
    {
        if (!((AttributeListSyntax)context.Node).Target?.Identifier.IsKind(SyntaxKind.AssemblyKeyword) ?? true)
        {
            return;
        }

        foreach (var attribute in context.Compilation.Assembly.GetAttributes())
        {
            if (attribute.ApplicationSyntaxReference is { } place && place.SyntaxTree == context.Node.SyntaxTree && context.Node.Span.Contains(place.Span)
                && ServiceParser.IsNamed(attribute.AttributeClass, KnownNames.ReferencedPortAttribute)
                && ReferencedPortChange.From(new SymbolArguments(attribute, own: null)) is { } change
                && problems.Of(change, context.CancellationToken) is { } problem)
            {
                var location = Location.Create(place.SyntaxTree, place.Span);
                context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(PortRule.ReferencedPortUnknown), location, problem.Arguments));
            }
        }
    }

    // Two colliding libraries have no location in this project's source, and no fix there: report them last, with what only a whole build shows.
    private static void ReportWithoutPlace(CompilationAnalysisContext context, ProblemTable problems)
    {
        foreach (var problem in problems.OfReferences(context.CancellationToken))
        {
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(problem.Rule), Location.None, problem.Arguments));
        }

        foreach (var type in problems.Unseen())
        {
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(PortRule.GeneratedService), type.Locations[0], type.ToDisplayString(), problems.ClassName));
        }

        foreach (var problem in problems.OfApplication(context.CancellationToken))
        {
            context.ReportDiagnostic(Diagnostic.Create(RuleDescriptors.Of(problem.Rule), Location.None, problem.Arguments));
        }
    }

    // The code fixes read what the rules propose.
    private static ImmutableDictionary<string, string?> Cures(ServiceProblem problem) =>
        problem.Cures.ToImmutableDictionary(static c => c.Part.ToString(), static c => (string?)c.Text);
}
