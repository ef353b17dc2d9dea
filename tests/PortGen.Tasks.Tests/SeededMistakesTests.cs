using System.Text;
using PortGen.Testing;

namespace PortGen.Tasks.Tests;

/// <summary>Mistakes that people make, each found where it is and nothing else.</summary>
public sealed class SeededMistakesTests
{
    private static readonly DeclaredPort[] s_manifest =
    [
        new() { Name = "fixed", Service = "fixed", Type = "global::Fixed", Port = 9500 },
        new() { Name = "mcp", Service = "mcp", Type = "global::Mcp", Port = 8080, Range = "8080-8090" },
        new() { Name = "metrics", Service = "rest", Type = "global::Rest", Port = 9464, Range = "9464-9473" },
        new() { Name = "oauth", Service = "oauth", Type = "global::OAuth", Port = 8081, Range = "8081-8091" },
        new() { Name = "rest", Service = "rest", Type = "global::Rest", Port = 8082, Range = "8082-8092", HealthPath = "/health" },
    ];

    [Fact]
    public void Each_is_reported_by_its_id_at_its_line_and_nothing_else_is()
    {
        Assert.True(SeededMistakes.Expected.Count >= 25, $"there are only {SeededMistakes.Expected.Count}");
        var report = SettingsChecker.Check(s_manifest, [.. SeededMistakes.Files.Select(static f => new SettingsSource(f.Name, Encoding.UTF8.GetBytes(f.Content)))]);
        Assert.Equal(SeededMistakes.Expected, report.Problems.Select(static p => (p.File, p.Line, p.Rule.Id)).Order());
        Assert.All(report.Problems, static p => Assert.True(p.Column > 0));
    }
}
