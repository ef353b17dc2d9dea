using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PortGen.Tests.Support;

namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>
/// Generated classes with mistakes: after every offer, alone and by fix-all, the project compiles, the reports are gone, no error is new, and every
/// comment and every other line is as it was.
/// </summary>
public sealed partial class FixFuzzTests
{
    private readonly ConcurrentDictionary<string, int> _applied = new(StringComparer.Ordinal);

    [Fact]
    public void Every_fix_mends_what_it_says_and_changes_nothing_else()
    {
        // Two and a half classes each.
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 1_000_000].Array[200])
            .Sample((count, numbers) => CheckAsync(Sources(count, new Dice(numbers))).GetAwaiter().GetResult(), iter: LongTests.Count(100, 500, 2_000));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', _applied.OrderBy(static a => a.Key).Select(static a => $"{a.Key}: {a.Value} times")));
        Assert.Equal(
            [
                "PG0001 Range", "PG0002 DevelopmentPort", "PG0002 Port", "PG0002 Range", "PG0003 Range", "PG0004 Port", "PG0004 Range", "PG0005 Name",
                "PG0006 DevelopmentPort", "PG0006 Port", "PG0011 Name", "PG0012 Range", "PG0016 Host", "PG0017 HealthPath", "PG1001 abstract", "PG1001 static", "PG1005 IPortService",
            ],
            _applied.Keys.Order(StringComparer.Ordinal));
    }

    private static string[] Sources(int count, Dice dice)
    {
        var layout = new GeneratedLayout(dice);
        List<string>[] files = [[], []];
        for (var i = 0; i < count; i++)
        {
            var generated = new GeneratedClass(dice, layout, "C" + i);
            files[dice.Roll(2)].Add(generated.ToString());
            files[dice.Roll(2)].Add(generated.OtherPart);
        }

        files[0].Add("internal static class Numbers { public const int Low = 80; public const int Usual = 8080; }");
        return [.. files.Select(f => File(string.Join(layout.Break + layout.Break, f.Where(static c => c.Length > 0)), dice.Roll(4), layout))];
    }

    private static string File(string classes, int style, GeneratedLayout layout)
    {
        var usings = style % 2 == 0 ? "" : "using System.Threading;" + layout.Break + "using PortGen;" + layout.Break;
        return style == 3
            ? $"{usings}{layout.Break}namespace N{(layout.HasBraceAtLineEnd ? " " : layout.Break)}{{{layout.Break}{layout.Indent(classes)}{layout.Break}}}{layout.Break}"
            : usings + layout.Break + "namespace N;" + layout.Break + layout.Break + classes;
    }

    private async Task CheckAsync(string[] sources)
    {
        var project = await FixedProject.OpenAsync(sources);
        Assert.True(project.CompilerErrors.Count == 0, string.Join('\n', project.CompilerErrors.Concat(sources)));
        var offers = await project.OffersAsync();
        foreach (var offer in offers)
        {
            Check(project, await project.ApplyAsync(offer), [offer], offer.ToString());
            _applied.AddOrUpdate($"{offer.Report.Id} {offer.Key}", 1, static (_, n) => n + 1);
        }

        foreach (var group in offers.GroupBy(static o => (o.Report.Id, o.Key)))
        {
            Check(project, await project.FixAllAsync(group.First()), [.. group], $"all {group.Key}");
        }
    }

    private static void Check(FixedProject before, FixedProject after, IReadOnlyList<FixOffer> applied, string what)
    {
        FixedSource.Check(before, after, applied, what);
        foreach (var (old, changed) in before.Texts.Zip(after.Texts))
        {
            var detail = $"{what}\n--- before\n{old}\n--- after\n{changed}";
            Assert.True(CommentsOf(old).SequenceEqual(CommentsOf(changed)), "comments: " + detail);
            var oldLines = old.Split('\n');
            var lines = changed.Split('\n');
            Assert.True(IsContained(Untouched(old, oldLines, applied), lines), "other lines: " + detail);
            foreach (var line in lines.Take(lines.Length - 1).Except(oldLines))
            {
                Assert.True(line.EndsWith('\r') == oldLines[0].EndsWith('\r'), "line break: " + detail);
                Assert.True(line.TrimEnd('\r') is var text && text.TrimEnd().Length == text.Length, $"blanks at the end of '{text}': {detail}");
                Assert.True(!line.StartsWith(' ') || !old.Contains("\n\t"), $"indentation of '{text}': {detail}");
            }
        }
    }

    private static IEnumerable<string> CommentsOf(string text) => Comments().Matches(text).Select(static m => m.Value);

    // Lines outside the attributes, for a value; outside the headers and what closes a class on a line that is not its own, for a class.
    private static List<string> Untouched(string source, string[] lines, IReadOnlyList<FixOffer> applied)
    {
        var text = SourceText.From(source);
        var touched = CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
            .Where(t => applied.Any(o => o.Report.Class == t.Identifier.ValueText))
            .SelectMany(t => applied[0].Report.Id.StartsWith("PG0", StringComparison.Ordinal) ? t.AttributeLists.Select(static l => l.Span) : Header(t))
            .SelectMany(s => Enumerable.Range(text.Lines.IndexOf(s.Start), text.Lines.IndexOf(s.End) - text.Lines.IndexOf(s.Start) + 1))
            .ToHashSet();
        return [.. lines.Where((_, i) => !touched.Contains(i))];
    }

    private static IEnumerable<TextSpan> Header(TypeDeclarationSyntax type)
    {
        var end = type.OpenBraceToken.Span.Length > 0 ? type.OpenBraceToken : type.SemicolonToken;
        yield return TextSpan.FromBounds(type.Modifiers.Span.Start, end.GetPreviousToken().Span.End);
        if (type.SemicolonToken.Span.Length > 0)
        {
            yield return type.SemicolonToken.Span;
        }
        else if (!type.CloseBraceToken.LeadingTrivia.ToString().All(char.IsWhiteSpace)
            || type.CloseBraceToken.GetPreviousToken().TrailingTrivia.All(static t => !t.IsKind(SyntaxKind.EndOfLineTrivia)))
        {
            yield return type.CloseBraceToken.Span;
        }
    }

    private static bool IsContained(List<string> lines, string[] all)
    {
        var next = 0;
        foreach (var line in all)
        {
            next += next < lines.Count && lines[next] == line ? 1 : 0;
        }

        return next == lines.Count;
    }

    [GeneratedRegex(@"/[/*] c\d+")]
    private static partial Regex Comments();
}
