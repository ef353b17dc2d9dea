namespace PortGen.Tests.Shared;

public sealed class PortRulesTests
{
    private static PortSpec Spec(string name, int port = 0, string? range = null, params string[] dependsOn) =>
        new() { Name = name, Service = name, DeclaredBy = name, Port = port, Range = range, DependsOn = dependsOn };

    private static IEnumerable<PortProblem> Errors(params PortSpec[] ports) =>
        PortRules.Check(ports, "Ports").Where(static p => p.Rule.Severity == PortRuleSeverity.Error);

    private static string[] Ids(params PortSpec[] ports) => [.. Errors(ports).Select(static p => p.Rule.Id)];

    [Theory]
    [InlineData("8080-", "PG0001")]
    [InlineData("8080 - 8089", "PG0001")]
    [InlineData("80-8080", "PG0002")]
    [InlineData("1023", "PG0002")]
    [InlineData("8080-65536", "PG0002")]
    [InlineData("8089-8080", "PG0003")]
    public void A_broken_range_breaks_one_rule(string range, string id) => Assert.Equal([id], Ids(Spec("web", 0, range)));

    [Theory]
    [InlineData("1024-65535")]
    [InlineData("1024")]
    [InlineData("65535")]
    public void Its_nearest_neighbour_breaks_none(string range) => Assert.Empty(Ids(Spec("web", 0, range)));

    [Fact]
    public void Preferred_ports_lie_in_bounds_and_in_their_range()
    {
        Assert.Equal(["PG0002"], Ids(Spec("web", 1023)));
        Assert.Equal(["PG0002"], Ids(Spec("web", 65536)));
        Assert.Equal(["PG0002"], Ids(Spec("web", -1)));
        Assert.Equal(["PG0004"], Ids(Spec("web", 8079, "8080-8089")));
        Assert.Equal(["PG0004"], Ids(Spec("web", 8090, "8080-8089")));
        Assert.Empty(Ids(Spec("web", 1024)));
        Assert.Empty(Ids(Spec("web", 65535)));
        Assert.Empty(Ids(Spec("web", 8080, "8080-8089")));
        Assert.Empty(Ids(Spec("web", 8089, "8080-8089")));
        Assert.Empty(Ids(Spec("web", 0, "8080-8089")));
    }

    [Fact]
    public void Two_ports_have_two_names_and_prefer_two_numbers()
    {
        Assert.Equal(["PG0005"], Ids(Spec("web", 8080), Spec("web", 8081)));
        Assert.Equal(["PG0006"], Ids(Spec("web", 8080), Spec("api", 8080)));
        Assert.Empty(Ids(Spec("web", 8080), Spec("api", 8081)));
        Assert.Empty(Ids(Spec("web"), Spec("api")));
    }

    [Fact]
    public void Of_two_that_collide_the_later_is_at_fault_and_the_earlier_is_named()
    {
        var problem = Assert.Single(Errors(Spec("web", 8080), Spec("api", 8080)));
        Assert.Equal((1, 0, PortPart.Port), (problem.Spec, problem.Others[0], problem.Part));
        Assert.Contains("'web'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("8080", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Web")]
    [InlineData("1web")]
    [InlineData("-web")]
    [InlineData("web-")]
    [InlineData("web--api")]
    [InlineData("web_api")]
    [InlineData("a234567890123456")]
    [InlineData("wéb")]
    [InlineData("manifest")]
    [InlineData("equals")]
    [InlineData("start-all")]
    [InlineData("ports")]
    [InlineData("running-ports")]
    [InlineData("bindtimeout")]
    public void A_name_that_can_t_be_one_is_refused(string name) => Assert.Equal(["PG0011"], Ids(Spec(name)));

    [Theory]
    [InlineData("a")]
    [InlineData("a23456789012345")]
    [InlineData("web-api-2")]
    [InlineData("class")]
    [InlineData("port")]
    public void Its_neighbour_is_a_name(string name) => Assert.Empty(Ids(Spec(name)));

    [Fact]
    public void Names_that_collide_once_generated_are_refused()
    {
        Assert.Equal(["PG0011"], Ids(Spec("web1"), Spec("web-1")));
        Assert.Equal(["PG0011"], Ids(Spec("api"), Spec("api-external")));
        Assert.Empty(Ids(Spec("web1"), Spec("web-2")));
        Assert.Empty(Ids(Spec("api"), Spec("api-internal")));
    }

    [Fact]
    public void A_cycle_is_reported_once_with_its_path()
    {
        var problem = Assert.Single(PortRules.Check([Spec("c", 0, null, "a"), Spec("b", 0, null, "c"), Spec("a", 0, null, "b"), Spec("d", 0, null, "a")], "Ports"));
        Assert.Equal("PG0008", problem.Rule.Id);
        Assert.Contains("a -> b -> c -> a", problem.Message, StringComparison.Ordinal);
        Assert.Equal((2, PortPart.DependsOn, 0), (problem.Spec, problem.Part, problem.Element));
    }

    [Fact]
    public void A_service_that_needs_itself_is_a_cycle() =>
        Assert.Contains("a -> a;", Assert.Single(PortRules.Check([Spec("a", 0, null, "b", "a"), Spec("b")], "Ports")).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_rule_has_its_own_id_and_a_message_that_says_what_to_do()
    {
        Assert.Equal(PortRule.All.Count, PortRule.All.Select(static r => r.Id).Distinct().Count());
        Assert.Equal(PortRule.All.Select(static r => r.Id), PortRule.All.Select(static r => r.Id).Order(StringComparer.Ordinal));
    }
}
