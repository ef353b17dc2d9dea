using System.Reflection;

namespace PortGen.Tests.Shared;

/// <summary>The rulebook as people read it. A changed text is a line in PortRuleTests.Rules.txt that someone looks at.</summary>
public sealed class PortRuleTests
{
    [Fact]
    public void Rules()
    {
        var approved = Path.Combine(
            typeof(PortRuleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static a => a.Key == "RepositoryRoot").Value!,
            "tests", "PortGen.Tests", "Shared", "PortRuleTests.Rules.txt");
        Assert.Equal(File.ReadAllLines(approved), PortRule.All.Select(static r => $"{r.Id} {r.Severity} | {r.Title} | {r.MessageFormat}"));
    }

    [Fact]
    public void A_rule_links_to_its_page() =>
        Assert.Equal("https://github.com/portgen/portgen/blob/main/src/Shared/Rules/docs/PG0007.md", PortRule.Unsatisfiable.HelpLink);
}
