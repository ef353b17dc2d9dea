using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace PortGen.Tasks.Tests;

/// <summary>Each page about a settings file is true: its wrong example is reported and its right one is not.</summary>
public sealed class RuleDocumentationTests
{
    public static TheoryData<string> Rules => [.. PortRule.All.Select(static r => r.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_has_a_page_where_its_link_points(string id)
    {
        var rule = PortRule.All.Single(r => r.Id == id);
        Assert.EndsWith($"/src/Shared/Rules/docs/{id}.md", rule.HelpLink, StringComparison.Ordinal);
        Assert.StartsWith($"# {id}: {rule.Title}\n", Page(id), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PG2001")]
    [InlineData("PG2002")]
    [InlineData("PG2003")]
    public void A_page_about_settings_shows_what_is_reported_and_what_is_not(string id)
    {
        Assert.All(Check(Example(Page(id), "Wrong")), p => Assert.Equal(id, p.Rule.Id));
        Assert.NotEmpty(Check(Example(Page(id), "Wrong")));
        Assert.Empty(Check(Example(Page(id), "Right")));
        Assert.Contains($"PortGenSeverity_{id}", Page(id), StringComparison.Ordinal);
    }

    [Fact]
    public void The_targets_pass_on_the_severity_of_every_rule_that_the_build_checks()
    {
        var targets = File.ReadAllText(Path.Combine(Root, "src", "PortGen", "build", "PortGen.targets"));
        var passed = Regex.Matches(targets, @"(PG\d{4})=\$\(PortGenSeverity_\1\)").Select(static m => m.Groups[1].Value);
        Assert.Equal(PortRule.All.Select(static r => r.Id).Where(static id => id[2] is '0' or '2'), passed);
    }

    private static string Root => typeof(RuleDocumentationTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(static a => a.Key == "RepositoryRoot").Value!;

    private static string Page(string id) => File.ReadAllText(Path.Combine(Root, "src", "Shared", "Rules", "docs", id + ".md"));

    private static string Example(string page, string heading) => Regex.Match(page, $"## {heading}\n\n```json\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    private static IReadOnlyList<SettingsProblem> Check(string json) => SettingsChecker.Check(
        [new() { Name = "shop", Service = "shop", Type = "global::Shop", Port = 8080, Range = "8080-8089" }], [new("appsettings.json", Encoding.UTF8.GetBytes(json))]).Problems;
}
