using System.Text;

namespace PortGen.Tasks.Tests;

public sealed class SettingsCheckerTests
{
    private static readonly DeclaredPort[] s_manifest =
    [
        new() { Name = "echo", Service = "echo", Type = "global::Echo", Port = 9101, Range = "9101-9110" },
        new() { Name = "time", Service = "time", Type = "global::Time", Port = 9111, DevelopmentPort = 19111 },
    ];

    [Theory]
    [InlineData("""{ "Ports": { "echo": { "Port": 80 } } }""", "PG0002")]
    [InlineData("""{ "Ports": { "ECHO": { "port": "80" } } }""", "PG0002")]
    [InlineData("""{ "Ports": { "echo": { "Range": "9110-" } } }""", "PG0001")]
    [InlineData("""{ "Ports": { "echo": { "Range": "9110-9101" } } }""", "PG0003")]
    [InlineData("""{ "Ports": { "echo": { "Port": 9300, "Range": "9101-9110" } } }""", "PG0004")]
    [InlineData("""{ "Ports": { "echo": { "Port": 9111 } } }""", "PG0006")]
    [InlineData("""{ "Ports": { "time": { "Port": 9101 } } }""", "PG0006")]
    [InlineData("""{ "Ports": { "echo": { "Port": "abc" } } }""", "PG2003")]
    [InlineData("""{ "Ports": { "echo": { "Port": "" } } }""", "PG2003")]
    [InlineData("""{ "Ports": { "echo": { "Range": "" } } }""", "PG0001")]
    [InlineData("""{ "Ports": { "echo": { "Range": null } } }""", null)]
    [InlineData("""{ "Ports": { "echo": { "Required": 3 } } }""", "PG2003")]
    [InlineData("""{ "Ports": { "echo": { "ExternalPort": 0 } } }""", "PG2003")]
    [InlineData("""{ "Ports": { "echo": { "ExternalPort": 65536 } } }""", "PG2003")]
    [InlineData("""{ "Ports": { "echo": { "ExternalPort": 65535 } } }""", null)]
    [InlineData("""{ "Ports": { "echo": { "HealthPath": "health" } } }""", "PG2003")]
    [InlineData("""{ "Ports": { "echo": { "HealthPath": " /health " } } }""", null)]
    [InlineData("""{ "Ports": { "echo": { "HealthPath": "" } } }""", null)]
    [InlineData("""{ "Ports": { "echo": { "Port": 6000, "HealthPath": "" } } }""", null)]
    [InlineData("""{ "Ports": { "Echo:Port": 80 } }""", "PG0002")]
    [InlineData("""{ "Ports": """, "PG2001")]
    [InlineData("""{ "Ports": { "echo": { "Host": "\ud800" } } }""", "PG2001")]
    [InlineData("""{ "Ports": { "echo": { "Port": 9200 } } }""", "PG0013")]
    [InlineData("""{ "Ports": { "echo": { "Port": 6000, "HealthPath": "/" } } }""", "PG0010")]
    [InlineData("""{ "Ports": { "echo": { "Range": "9102-40000" } } }""", "PG0009")]
    [InlineData("""{ "Ports": { "echo": { "Range": "9111" } } }""", "PG0007")]
    [InlineData("""{ "Ports": { "echo": { "Port": 9102 } } }""", null)]
    [InlineData("""{ "Ports": { "echo": { "Port": 9300 } } }""", null)]
    [InlineData("""{ "Ports": { "echo": { "Range": "9300-9310" } } }""", null)]
    [InlineData("""{ "Ports": { "echo": { "Required": false } } }""", null)]
    [InlineData("""{ "Ports": { "ehco": { "Port": 9102 } } }""", "PG2002")]
    [InlineData("""{ "Ports": { "echo": { "Rnage": "9101-9110" } } }""", "PG2003")]
    [InlineData("""{ "Ports": { "echo": { "Port": { "Number": 9102 } } } }""", "PG2003")]
    [InlineData("""{ "Ports": { "echo": 9102 } }""", "PG2003")]
    [InlineData("""{ "Ports": { "BindTimeout": 5, "echo": {} } }""", null)]
    [InlineData("""{ "Ports": { "BindTimeout": "soon" } }""", "PG2003")]
    [InlineData("""{ "Ports": { "ForceRestart": true } }""", null)]
    [InlineData("""{ "Ports": { "ForceRestart": "perhaps" } }""", "PG2003")]
    [InlineData("""{ "Ports": { "ForceRestrat": true } }""", "PG2002")]
    [InlineData("""{ "Ports": { "echo": null } }""", null)]
    [InlineData("""{ "Other": { "echo": { "Port": 80 } } }""", null)]
    [InlineData("[]", "PG2001")]
    [InlineData("""{ "Ports": { "echo": { "Port": 9102, "port": 9103 } } }""", "PG2001")]
    public void A_value_that_breaks_a_rule_is_reported(string json, string? id) =>
        Assert.Equal(id is null ? [] : [id], Check(("appsettings.json", json)).Select(static p => p.Rule.Id));

    [Fact]
    public void An_environment_s_file_counts_together_with_the_common_one()
    {
        // Fine by itself in either file: only together do the two prefer one number.
        var problem = Assert.Single(Check(
            ("appsettings.json", """{ "Ports": { "echo": { "Port": 9300 } } }"""),
            ("appsettings.Staging.json", """
                {
                  "Ports": { "time": { "Port": 9300 } } }
                """)));
        Assert.Equal(("PG0006", "appsettings.Staging.json", 2, 32), (problem.Rule.Id, problem.File, problem.Line, problem.Column));

        Assert.Empty(Check(
            ("appsettings.Staging.json", """{ "Ports": { "echo": { "Port": 9300 } } }"""),
            ("appsettings.Production.json", """{ "Ports": { "time": { "Port": 9300 } } }""")));
    }

    [Fact]
    public void In_development_the_development_port_counts()
    {
        var problem = Assert.Single(Check(("appsettings.json", """{ "Ports": { "echo": { "Port": 19111 } } }""")));
        Assert.Equal(("PG0006", "appsettings.json", 1), (problem.Rule.Id, problem.File, problem.Line));
        Assert.Equal("In Development: Ports 'echo' and 'time' both prefer 19111: give one of them another preferred port", problem.Message);
        Assert.Equal(["PG0006"], Check(("appsettings.Development.json", """{ "Ports": { "echo": { "Port": 19111 } } }""")).Select(static p => p.Rule.Id));
    }

    [Fact]
    public void What_the_attributes_alone_break_is_left_to_the_analyzers()
    {
        DeclaredPort[] broken = [s_manifest[0] with { Port = 80 }, s_manifest[1] with { Port = 9105 }];
        Assert.Empty(SettingsChecker.Check(broken, [new("appsettings.json", "{}"u8.ToArray())]).Problems);
    }

    [Fact]
    public void A_mistake_in_the_common_file_is_reported_once_whatever_files_there_are_besides()
    {
        var problem = Assert.Single(Check(("appsettings.json", "{\n  \"Ports\": { \"echo\": { \"Port\": \"abc\" } } }"), ("appsettings.Staging.json", "{}")));
        Assert.Equal(("PG2003", "appsettings.json", 2), (problem.Rule.Id, problem.File, problem.Line));
    }

    [Fact]
    public void A_file_that_is_not_json_is_reported_where_it_stops_to_be()
    {
        var problem = Assert.Single(Check(("appsettings.json", "{\n  \"Ports\": oops }")));
        Assert.Equal(("PG2001", 2, 12), (problem.Rule.Id, problem.Line, problem.Column));
        Assert.Equal("Configuration file 'appsettings.json' can't be read: 'o' is an invalid start of a value.", problem.Message);
    }

    [Theory]
    [InlineData("\uFEFF{ \"ü𝄞\": oops }", 1, 10)]
    [InlineData("{\n \"ü\": {\n  \"ü\": 1, \"Ü\": 2 } }", 3, 16)]
    [InlineData("{ \"a\": 1 \n", 2, 1)]
    [InlineData("", 1, 1)]
    public void Where_a_file_stops_to_be_JSON_is_counted_in_characters(string json, int line, int column)
    {
        var problem = Assert.Single(Check(("appsettings.json", json)));
        Assert.Equal(("PG2001", line, column), (problem.Rule.Id, problem.Line, problem.Column));
        Assert.DoesNotContain("LineNumber", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_development_a_configured_range_beats_the_attribute_s_development_port()
    {
        DeclaredPort[] manifest = [s_manifest[0] with { DevelopmentPort = 19101 }, s_manifest[1] with { DevelopmentPort = 0 }];
        var problem = Assert.Single(SettingsChecker.Check(
            manifest, [new("appsettings.Development.json", """{ "Ports": { "echo": { "Range": "40000-40010" } } }"""u8.ToArray())]).Problems);
        Assert.Equal("PG0009", problem.Rule.Id);
    }

    [Fact]
    public void Positions_are_those_of_an_editor()
    {
        var problem = Assert.Single(Check(("appsettings.json", "\uFEFF{\n  // ü\n  \"Ports\": { \"e\": \"ü𝄞\", \"echo\": { \"Port\": 80 } } }")), static p => p.Rule == PortRule.PortOutOfBounds);
        Assert.Equal((3, 44), (problem.Line, problem.Column));
    }

    private static IReadOnlyList<SettingsProblem> Check(params (string Path, string Json)[] files) =>
        SettingsChecker.Check(s_manifest, [.. files.Select(static f => new SettingsSource(f.Path, Encoding.UTF8.GetBytes(f.Json)))]).Problems;
}
