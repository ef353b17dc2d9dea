namespace PortGen.Tests.Shared;

/// <summary>How port, range and environment are settled; -1 is the attribute's rank.</summary>
public sealed class PortDraftTests
{
    [Theory]
    [InlineData(8080, -1, "8080-8090", -1, "8080 (-1) in 8080-8090 (-1)")]
    [InlineData(9300, 0, "8080-8090", -1, "9300 port(0) in none (-1)")]
    [InlineData(0, 0, "8080-8090", -1, "0 port(0) in 8080-8090 (-1)")]
    [InlineData(9300, 1, "9300-9309", 1, "9300 port(1) in 9300-9309 range(1)")]
    [InlineData(8080, 0, "9300-9309", 0, "8080 port(0) in 9300-9309 range(0)")]
    [InlineData(9305, 1, "9300-9309", 0, "9305 port(1) in none (-1)")]
    [InlineData(8080, -1, "9300-9309", 0, "0 range(0) in 9300-9309 range(0)")]
    [InlineData(8085, -1, "8080-8090", 0, "8085 (-1) in 8080-8090 range(0)")]
    [InlineData(0, -1, "9300-9309", 0, "0 (-1) in 9300-9309 range(0)")]
    [InlineData(8080, -1, "nonsense", 0, "8080 (-1) in nonsense range(0)")]
    public void The_higher_of_port_and_range_decides(int port, int portRank, string range, int rangeRank, string expected)
    {
        var draft = Draft((port, portRank), (range, rangeRank), (18080, 2));
        draft.Decide(isDevelopment: false);
        Assert.Equal(expected, Describe(draft));
        var without = Draft((port, portRank), (range, rangeRank), (0, 2));
        without.Decide(isDevelopment: true);
        Assert.Equal(expected, Describe(without));
    }

    [Theory]
    [InlineData(18080, -1, 8080, -1, "8080-8090", -1, "18080 (-1) in 18080-18090 (-1)")]
    [InlineData(18080, -1, 9300, 0, "8080-8090", -1, "9300 port(0) in none (-1)")]
    [InlineData(18080, 0, 9300, 0, "8080-8090", -1, "18080 development(0) in 18080-18090 development(0)")]
    [InlineData(18080, 0, 8080, -1, "9300-9309", 1, "0 range(1) in 9300-9309 range(1)")]
    [InlineData(18080, 0, 8080, -1, "9300-9309", 0, "18080 development(0) in 18080-18089 development(0)")]
    [InlineData(8085, -1, 8080, -1, "8080-8090", -1, "8085 (-1) in 8080-8090 (-1)")]
    [InlineData(80, 0, 8080, -1, "8080-8090", -1, "80 development(0) in 8080-8090 (-1)")]
    [InlineData(65534, 0, 8080, -1, "8080-8090", -1, "65534 development(0) in 65534-65535 development(0)")]
    [InlineData(18080, 0, 8080, -1, null, -1, "18080 development(0) in none (-1)")]
    public void In_development_its_port_is_where_the_range_begins(
        int development, int developmentRank, int port, int portRank, string? range, int rangeRank, string expected)
    {
        var draft = Draft((port, portRank), (range, rangeRank), (development, developmentRank));
        draft.Decide(isDevelopment: true);
        Assert.Equal(expected, Describe(draft));
    }

    [Theory]
    [InlineData(8080, "8080-8090", -1, "8080 (-1) in none (-1)")]
    [InlineData(8080, "8080-8090", 0, "8080 (-1) in 8080-8090 range(0)")]
    [InlineData(0, "8080-8090", -1, "0 (-1) in 8080-8090 (-1)")]
    public void A_pinned_port_keeps_only_a_range_that_somebody_configured(int port, string range, int rank, string expected)
    {
        var draft = Draft((port, -1), (range, rank), (0, -1));
        draft.Pin();
        Assert.Equal(expected, Describe(draft));
    }

    [Fact]
    public void A_part_s_source_is_its_own_or_that_of_what_it_belongs_to()
    {
        var both = Draft((8080, 0), ("8080-8090", 0), (0, -1));
        Assert.Equal(("port", "range", null), (both.SourceOf(PortPart.Port), both.SourceOf(PortPart.Range), both.SourceOf(PortPart.Name)));
        var port = Draft((8080, 0), (null, -1), (0, -1));
        Assert.Equal(("port", "port"), (port.SourceOf(PortPart.Port), port.SourceOf(PortPart.Range)));
        var range = Draft((0, -1), ("8080-8090", 0), (0, -1));
        Assert.Equal(("range", "range"), (range.SourceOf(PortPart.Port), range.SourceOf(PortPart.Range)));
    }

    [Fact]
    public void Of_two_that_collide_the_configured_one_is_the_source()
    {
        var (problem, source) = Assert.Single(Errors(Draft((8080, 0), (null, -1), (0, -1), "api"), Draft((8080, -1), (null, -1), (0, -1))));
        Assert.Equal((PortRule.DuplicatePort, 1, "port"), (problem.Rule, problem.Spec, source));
        var other = Draft((8080, 0), (null, -1), (0, -1), "api");
        other.Port = other.Port with { Source = "other" };
        Assert.Equal("port", Assert.Single(Errors(other, Draft((8080, 0), (null, -1), (0, -1)))).Source);
        Assert.Null(Assert.Single(Errors(Draft((8080, -1), (null, -1), (0, -1), "api"), Draft((8080, -1), (null, -1), (0, -1)))).Source);
        Assert.Contains("Port name 'web' of service 'web' ", Assert.Single(Errors(Draft((0, -1), (null, -1), (0, -1)), Draft((0, -1), (null, -1), (0, -1)))).Problem.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(PortProblem Problem, string? Source)> Errors(params PortDraft<string>[] drafts) =>
        PortDraft.Check(drafts).Where(static p => p.Problem.Rule.Severity == PortRuleSeverity.Error);

    private static PortDraft<string> Draft((int Value, int Rank) port, (string? Value, int Rank) range, (int Value, int Rank) development, string name = "web") => new()
    {
        Name = name,
        Service = name,
        Port = new(port.Value, port.Rank < 0 ? null : "port", port.Rank),
        Range = new(range.Value, range.Rank < 0 ? null : "range", range.Rank),
        DevelopmentPort = new(development.Value, development.Rank < 0 ? null : "development", development.Rank),
    };

    private static string Describe(PortDraft<string> draft) =>
        $"{draft.Port.Value} {draft.Port.Source}({draft.Port.Rank}) in {draft.Range.Value ?? "none"} {draft.Range.Source}({draft.Range.Rank})";
}
