using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Rules;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Analyzer;

/// <summary>Each rule's help page is true: its wrong example is reported and its right one is not.</summary>
public sealed class RuleDocumentationTests
{
    // What no source file alone can show: the project, its references and other generators. ProjectRulesTests has them.
    private static readonly string[] s_ofTheProject = ["PG1004", "PG1009", "PG1010", "PG4002", "PG4003"];

    public static TheoryData<string> Ids => [.. RuleDescriptors.All.Select(static d => d.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_rule_s_page_shows_what_is_reported_and_what_is_not(string id)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Folder, "..", "Shared", "Rules", "docs", id + ".md"), TestContext.Current.CancellationToken);
        var descriptor = RuleDescriptors.All.Single(d => d.Id == id);
        Assert.StartsWith($"# {id}: {descriptor.Title}\n", page, StringComparison.Ordinal);
        Assert.EndsWith($"/docs/{id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
        Assert.Contains(descriptor.CustomTags.Contains(WellKnownDiagnosticTags.NotConfigurable) ? "It can't be silenced" : $"dotnet_diagnostic.{id}.severity", page, StringComparison.Ordinal);
        if (s_ofTheProject.Contains(id))
        {
            return;
        }

        Assert.Contains(id, await AnalyzeAsync(Example(page, "Wrong")));
        Assert.DoesNotContain(await AnalyzeAsync(Example(page, "Right")), d => d == id || RuleDescriptors.All.Single(r => r.Id == d).DefaultSeverity == DiagnosticSeverity.Error);
    }

    [Fact]
    public void The_release_file_lists_every_rule_with_its_severity()
    {
        var listed = File.ReadLines(Path.Combine(Folder, "AnalyzerReleases.Unshipped.md")).Concat(File.ReadLines(Path.Combine(Folder, "AnalyzerReleases.Shipped.md")))
            .Where(static l => l.StartsWith("PG", StringComparison.Ordinal)).Select(static l => l.Split(" | ")).Select(static c => (c[0], c[1], c[2]));
        Assert.Equal(RuleDescriptors.All.Select(static d => (d.Id, d.Category, d.DefaultSeverity.ToString())), listed.Order());
    }

    private static string Folder => Path.Combine(
        typeof(RuleDocumentationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static a => a.Key == "RepositoryRoot").Value!, "src", "PortGen.Compiler");

    private static string Example(string page, string heading) =>
        Regex.Match(page, $"## {heading}\n\n```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    private static async Task<IEnumerable<string>> AnalyzeAsync(string example)
    {
        string[] sources = ["using PortGen;\n" + example, Sources.Base.Replace("class Base", "class Server", StringComparison.Ordinal)];
        var compilation = example.Contains("class Program", StringComparison.Ordinal)
            ? Compilations.Create([.. sources, "partial class Program { static void Main() { } }"], OutputKind.ConsoleApplication).AddReferences(Compilations.Web)
            : Compilations.Create(sources);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity == DiagnosticSeverity.Error));
        return (await compilation.WithAnalyzers([new PortServiceAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken)).Select(static d => d.Id);
    }
}
