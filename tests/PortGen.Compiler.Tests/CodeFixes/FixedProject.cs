using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.CodeFixes;
using PortGen.Compiler.Rules;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>A project in memory: what the analyzer reports there, what the fixes offer, and the project that a fix leaves.</summary>
internal sealed class FixedProject
{
    private static readonly AdhocWorkspace s_workspace = new();
    private static readonly CodeFixProvider[] s_providers = [new AttributeValueCodeFix(), new ServiceClassCodeFix()];
    private static readonly IReadOnlyList<MetadataReference> s_references =
    [
        .. Compilations.References.Where(static r => Path.GetFileNameWithoutExtension(r.Display) is "PortGen" or "System.Runtime" or "System.Private.CoreLib"),
    ];

    private readonly Project _project;
    private readonly DocumentId[] _files;
    private readonly ImmutableArray<Diagnostic> _diagnostics;

    private FixedProject(Project project, DocumentId[] files, ImmutableArray<Diagnostic> diagnostics)
    {
        _project = project;
        _files = files;
        _diagnostics = diagnostics;
    }

    /// <summary>The sources, in the order they were given.</summary>
    public IReadOnlyList<string> Texts => [.. _files.Select(f => _project.GetDocument(f)!.GetTextAsync().GetAwaiter().GetResult().ToString())];

    /// <summary>What the compiler says.</summary>
    public IReadOnlyList<string> CompilerErrors { get; private init; } = [];

    /// <summary>What the analyzer reports.</summary>
    public IReadOnlyList<Report> Reports => [.. _diagnostics.Select(static d => Report.Of(d))];

    public static Task<FixedProject> OpenAsync(params string[] sources) => OpenAsync([.. sources.Select(static (s, i) => ($"File{i}.cs", s))]);

    public static Task<FixedProject> OpenAsync((string Name, string Text)[] sources) => OpenAsync(s_workspace.CurrentSolution, "Application", sources);

    private static Task<FixedProject> OpenAsync(Solution solution, string projectName, (string Name, string Text)[] sources)
    {
        var project = solution.AddProject(projectName, projectName, LanguageNames.CSharp)
            .WithParseOptions(Compilations.ParseOptions)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
            .WithMetadataReferences(s_references)
            .AddDocument("Base.cs", Sources.Base).Project;
        var files = new List<DocumentId>();
        foreach (var (name, text) in sources)
        {
            var document = project.AddDocument(name, text);
            files.Add(document.Id);
            project = document.Project;
        }

        return AnalyzeAsync(project, [.. files]);
    }

    /// <summary>Every offer for every report, by itself.</summary>
    public Task<IReadOnlyList<FixOffer>> OffersAsync() => OffersAsync(_diagnostics);

    /// <summary>What is offered where a rule proposes a value for an argument of the first attribute.</summary>
    public async Task<IReadOnlyList<FixOffer>> OffersAsync(string id, string argument, string value)
    {
        var root = (await _project.GetDocument(_files[0])!.GetSyntaxRootAsync())!;
        var descriptor = new DiagnosticDescriptor(id, id, id, "Test", DiagnosticSeverity.Error, isEnabledByDefault: true);
        var location = root.DescendantNodes().OfType<AttributeSyntax>().First().GetLocation();
        return await OffersAsync([Diagnostic.Create(descriptor, location, ImmutableDictionary<string, string?>.Empty.Add(argument, value))]);
    }

    private async Task<IReadOnlyList<FixOffer>> OffersAsync(ImmutableArray<Diagnostic> diagnostics)
    {
        var offers = new List<FixOffer>();
        foreach (var diagnostic in diagnostics)
        {
            foreach (var provider in s_providers.Where(p => p.FixableDiagnosticIds.Contains(diagnostic.Id)))
            {
                var context = new CodeFixContext(
                    _project.GetDocument(diagnostic.Location.SourceTree)!,
                    diagnostic,
                    (action, _) => offers.Add(new FixOffer(Report.Of(diagnostic), action.EquivalenceKey!, action, provider)),
                    CancellationToken.None);
                await provider.RegisterCodeFixesAsync(context);
            }
        }

        return offers;
    }

    public Task<FixedProject> ApplyAsync(FixOffer offer) => ApplyAsync(offer.Action);

    /// <summary>Applies the offers of the same rule and key, all at once.</summary>
    public async Task<FixedProject> FixAllAsync(FixOffer offer, FixAllScope scope = FixAllScope.Project) =>
        await ApplyAsync((await FindFixAllAsync(offer, scope))!);

    /// <summary>What the menu has for the offers of the same rule and key; <see langword="null"/> for nothing.</summary>
    public Task<CodeAction?> FindFixAllAsync(FixOffer offer, FixAllScope scope) => FindFixAllAsync(offer, scope, [this]);

    /// <summary>Applies fix-all where the solution has a second project with one file. Its text comes last.</summary>
    public async Task<IReadOnlyList<string>> FixAllBesideAsync(string other, FixOffer offer, FixAllScope scope)
    {
        var second = await OpenAsync(_project.Solution, "Other", [("Other.cs", other)]);
        var first = new FixedProject(second._project.Solution.GetProject(_project.Id)!, _files, _diagnostics);
        var changed = await ChangedSolutionAsync((await first.FindFixAllAsync(offer, scope, [first, second]))!);
        return [.. _files.Concat(second._files).Select(f => changed.GetDocument(f)!.GetTextAsync().GetAwaiter().GetResult().ToString())];
    }

    private Task<CodeAction?> FindFixAllAsync(FixOffer offer, FixAllScope scope, IReadOnlyList<FixedProject> projects)
    {
        var context = new FixAllContext(
            _project.GetDocument(_files[0])!, offer.Provider, scope, offer.Key, [offer.Report.Id], new Diagnostics(projects), CancellationToken.None);
        return offer.Provider.GetFixAllProvider()!.GetFixAsync(context);
    }

    private async Task<FixedProject> ApplyAsync(CodeAction action) =>
        await AnalyzeAsync((await ChangedSolutionAsync(action)).GetProject(_project.Id)!, _files);

    private static async Task<Solution> ChangedSolutionAsync(CodeAction action) =>
        (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single().ChangedSolution;

    private static async Task<FixedProject> AnalyzeAsync(Project project, DocumentId[] files)
    {
        var compilation = (await project.GetCompilationAsync())!;
        var crashes = new List<Exception>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), (e, _, _) => crashes.Add(e), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        var diagnostics = await new CompilationWithAnalyzers(compilation, [new PortServiceAnalyzer()], options).GetAnalyzerDiagnosticsAsync();
        Assert.Empty(crashes);
        var inOrder = diagnostics.OrderBy(static d => d.Location.SourceTree!.FilePath, StringComparer.Ordinal).ThenBy(static d => d.Location.SourceSpan.Start);
        return new FixedProject(project, files, [.. inOrder])
        {
            CompilerErrors = [.. compilation.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.ToString())],
        };
    }

    private sealed class Diagnostics(IReadOnlyList<FixedProject> projects) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult(Of(project));

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(Of(document.Project).Where(d => document.Project.GetDocument(d.Location.SourceTree)!.Id == document.Id));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(Enumerable.Empty<Diagnostic>());

        private IEnumerable<Diagnostic> Of(Project project) => projects.Where(p => p._project.Id == project.Id).SelectMany(static p => p._diagnostics);
    }
}

/// <summary>An offer of a fix.</summary>
internal sealed record FixOffer(Report Report, string Key, CodeAction Action, CodeFixProvider Provider)
{
    public override string ToString() => $"{Action.Title} [{Key}] for {Report}";
}

/// <summary>A report of the analyzer by what it is about, which an edit elsewhere doesn't move.</summary>
internal readonly record struct Report(string Id, string Class, int Attribute, string Argument, bool IsError)
{
    public static Report Of(Diagnostic diagnostic)
    {
        var node = diagnostic.Location.SourceTree!.GetRoot().FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        var type = node.FirstAncestorOrSelf<TypeDeclarationSyntax>()!;
        var attribute = node.FirstAncestorOrSelf<AttributeSyntax>();
        var argument = node.FirstAncestorOrSelf<AttributeArgumentSyntax>();
        return new(
            diagnostic.Id,
            type.Identifier.ValueText,
            attribute is null ? -1 : type.AttributeLists.SelectMany(static l => l.Attributes).ToList().IndexOf(attribute),
            argument?.NameEquals?.Name.Identifier.ValueText ?? "",
            diagnostic.Severity == DiagnosticSeverity.Error);
    }
}
