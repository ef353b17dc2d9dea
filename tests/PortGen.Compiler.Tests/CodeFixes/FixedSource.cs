using Microsoft.CodeAnalysis.CodeFixes;

namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>Applies a fix to sources and checks what holds for every fix: the project compiles, the report is gone, and no error is new.</summary>
internal static class FixedSource
{
    /// <summary>The source after the first offer for a rule.</summary>
    public static async Task<string> OfAsync(string id, string source) => (await OfAsync(id, null, source))[0];

    /// <summary>The sources after the first offer for a rule, or after that with a key.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(string id, string? key, params string[] sources)
    {
        var project = await FixedProject.OpenAsync(sources);
        var offer = (await project.OffersAsync()).First(o => o.Report.Id == id && (key is null || o.Key == key));
        var after = await project.ApplyAsync(offer);
        Check(project, after, [offer], offer.ToString());
        return after.Texts;
    }

    /// <summary>The sources after all offers for a rule, all at once.</summary>
    public static async Task<IReadOnlyList<string>> OfAllAsync(string id, string key, FixAllScope scope, params string[] sources)
    {
        var project = await FixedProject.OpenAsync(sources);
        var offers = (await project.OffersAsync()).Where(o => o.Report.Id == id && o.Key == key).ToList();
        var after = await project.FixAllAsync(offers[0], scope);
        Check(project, after, scope == FixAllScope.Document ? [] : offers, $"all [{key}] for {id}");
        return after.Texts;
    }

    public static async Task<string> OfAllAsync(string id, string key, string source) => (await OfAllAsync(id, key, FixAllScope.Project, source))[0];

    /// <summary>What is offered for a rule, by key.</summary>
    public static async Task<IReadOnlyList<string>> OffersAsync(string id, params string[] sources)
    {
        var project = await FixedProject.OpenAsync(sources);
        Assert.Contains(project.Reports, r => r.Id == id);
        return [.. (await project.OffersAsync()).Where(o => o.Report.Id == id).Select(static o => o.Key)];
    }

    /// <summary>What holds after every fix.</summary>
    public static void Check(FixedProject before, FixedProject after, IReadOnlyList<FixOffer> applied, string what)
    {
        what = $"{what}\n--- before\n{string.Join("\n---\n", before.Texts)}\n--- after\n{string.Join("\n---\n", after.Texts)}\n---\n";
        Assert.True(after.CompilerErrors.Count == 0, what + string.Join('\n', after.CompilerErrors));
        var left = after.Reports.Intersect(applied.Select(static o => o.Report)).ToList();
        Assert.True(left.Count == 0, what + "still there: " + string.Join(", ", left));
        var added = after.Reports.Except(before.Reports).Where(r => r.IsError && !WasToldOfProduction(r)).ToList();
        Assert.True(added.Count == 0, what + "new: " + string.Join(", ", added));

        // A collision in both environments is reported for Production alone. Once its port is mended, the report for Development takes its place.
        bool WasToldOfProduction(Report report) =>
            report.Argument == "DevelopmentPort" && before.Reports.Any(b => b.Id == report.Id && b.Argument == "Port" && !after.Reports.Contains(b));
    }
}
