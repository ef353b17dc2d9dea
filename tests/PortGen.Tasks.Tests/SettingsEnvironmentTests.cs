using System.Text;

namespace PortGen.Tasks.Tests;

/// <summary>What each environment makes of the files, and what two libraries make of each other.</summary>
public sealed class SettingsEnvironmentTests
{
    private const string Both = "Ports 'echo' and 'time' both prefer 9300: give one of them another preferred port";

    private static readonly DeclaredPort s_echo = new() { Name = "echo", Service = "echo", Type = "global::Echo", Port = 9101 };
    private static readonly DeclaredPort s_time = new() { Name = "time", Service = "time", Type = "global::Time", Port = 9111 };

    private static readonly DeclaredPort s_lib = new() { Name = "lib", Service = "lib", Type = "global::Lib", Port = 9201, Registration = "global::Lib.Exports.Lib" };
    private static readonly DeclaredPort s_other = s_lib with { Name = "other", Service = "other", Type = "global::Other", Registration = "global::Other.Exports.Other" };

    [Theory]
    [InlineData("appsettings.development.json", "19101", true)]
    [InlineData("appsettings.DEVELOPMENT.json", "19101", true)]
    [InlineData("appsettings.Dev.json", "19101", false)]
    public void Development_is_known_in_any_case(string file, string port, bool collides)
    {
        var problems = Check([s_echo with { DevelopmentPort = 19101 }, s_time], (file, $$"""{ "Ports": { "time": { "Port": {{port}} } } }"""));
        Assert.Equal(collides ? [("PG0006", file)] : [], problems.Select(static p => (p.Rule.Id, p.File)));
    }

    [Fact]
    public void An_environment_may_have_a_dot_in_its_name()
    {
        var problem = Assert.Single(Check(
            [s_echo, s_time],
            ("appsettings.json", """{ "Ports": { "time": { "Port": 9300 } } }"""),
            ("appsettings.A.json", "{}"),
            ("appsettings.A.B.json", """{ "Ports": { "echo": { "Port": 9300 } } }""")));
        Assert.Equal(("appsettings.json", "In A.B: " + Both), (problem.File, problem.Message));
    }

    [Fact]
    public void A_problem_says_its_environment_where_its_file_doesn_t()
    {
        // The value at fault is that of the common file; only in Staging it meets the other one.
        var problem = Assert.Single(Check(
            [s_echo, s_time],
            ("appsettings.json", """{ "Ports": { "time": { "Port": 9300 } } }"""),
            ("appsettings.Staging.json", """{ "Ports": { "echo": { "Port": 9300 } } }""")));
        Assert.Equal(("appsettings.json", "In Staging: " + Both), (problem.File, problem.Message));

        problem = Assert.Single(Check(
            [s_echo, s_time],
            ("appsettings.json", """{ "Ports": { "echo": { "Port": 9300 } } }"""),
            ("appsettings.Staging.json", """{ "Ports": { "time": { "Port": 9300 } } }""")));
        Assert.Equal(("appsettings.Staging.json", Both), (problem.File, problem.Message));
    }

    [Fact]
    public void A_problem_of_all_environments_is_told_once_and_of_none()
    {
        const string collision = """{ "Ports": { "echo": { "Port": 9300 }, "time": { "Port": 9300 } } }""";
        Assert.Equal([Both], Check([s_echo, s_time], ("appsettings.json", collision), ("appsettings.Staging.json", "{}"), ("appsettings.Development.json", "{}")).Select(static p => p.Message));
    }

    [Fact]
    public void A_development_port_of_an_attribute_may_collide_with_a_file_only_in_development()
    {
        var problem = Assert.Single(Check([s_echo with { DevelopmentPort = 9300 }, s_time], ("appsettings.json", """{ "Ports": { "time": { "Port": 9300 } } }""")));
        Assert.Equal(("PG0006", "In Development: " + Both), (problem.Rule.Id, problem.Message));

        // What the attributes alone do is the analyzers' to tell.
        Assert.Empty(Check([s_echo with { DevelopmentPort = 9111 }, s_time], ("appsettings.json", "{}")));
    }

    [Fact]
    public void Of_two_files_with_one_name_the_last_one_counts()
    {
        SettingsSource[] files = [new("a/appsettings.json", """{ "Ports": { "echo": { "Port": 80 } } }"""u8.ToArray()), new("b/prod.json", "{}"u8.ToArray()) { Name = "appsettings.json" }];
        Assert.Empty(SettingsChecker.Check([s_echo], files).Problems);
        Assert.Single(SettingsChecker.Check([s_echo], [.. files.Reverse()]).Problems);
        Assert.Equal("Prod", new SettingsSource("b/prod.json", []) { Name = "appsettings.Prod.json" }.Environment);
    }

    [Fact]
    public void Two_libraries_that_collide_are_a_warning_until_a_setting_parts_them()
    {
        var problem = Assert.Single(Check([s_lib, s_other, s_echo]));
        Assert.Equal(("PG0006", "", PortRuleSeverity.Warning), (problem.Rule.Id, problem.File, problem.Severity));
        Assert.Equal("Ports 'lib' and 'other' both prefer 9201: give one of them another preferred port", problem.Message);
        Assert.Empty(Check([s_lib, s_other, s_echo], ("appsettings.json", """{ "Ports": { "other": { "Port": 9202 } } }""")));

        // A setting for one environment settles it there alone.
        Assert.Equal([problem], Check([s_lib, s_other, s_echo], ("appsettings.Staging.json", """{ "Ports": { "other": { "Port": 9202 } } }""")));
    }

    [Fact]
    public void Libraries_that_collide_in_development_alone_say_so()
    {
        var problem = Assert.Single(Check([s_lib with { Port = 9202, DevelopmentPort = 9201 }, s_other]));
        Assert.Equal(("", "In Development: Ports 'lib' and 'other' both prefer 9201: give one of them another preferred port"), (problem.File, problem.Message));
    }

    [Fact]
    public void Libraries_whose_ranges_are_too_narrow_for_both_are_a_warning_too()
    {
        var problem = Assert.Single(Check([s_lib with { Port = 0, Range = "9201" }, s_other with { Port = 0, Range = "9201" }]));
        Assert.Equal(("PG0007", "", PortRuleSeverity.Warning), (problem.Rule.Id, problem.File, problem.Severity));
    }

    [Fact]
    public void A_collision_with_the_project_s_own_port_is_the_analyzers() =>
        Assert.Empty(Check([s_lib, s_echo with { Port = 9201 }]));

    [Theory]
    [InlineData("""{ "Ports": { "BindTimeout": [5] } }""", "'Ports:BindTimeout' takes one value, not several")]
    [InlineData("""{ "Ports:echo:Port:Number": 5 }""", "'Ports:echo:Port' takes one value, not several")]
    [InlineData("""{ "Ports": { "echo": { "Port": [] } } }""", "'' is not a port number: write digits, 0 for no preference")]
    [InlineData("""{ "Ports": { "echo": { "Port": 1, "Port": {} } } }""", null)]
    [InlineData("""{ "Ports": { "ehco": {} } }""", null)]
    [InlineData("""{ "Ports": 5, "Ports": {} }""", null)]
    public void Keys_are_what_the_configuration_makes_of_them(string json, string? message) =>
        Assert.Equal(message is null ? [] : [message], Check([s_echo], ("appsettings.json", json)).Select(static p => p.Message));

    [Fact]
    public void A_list_where_the_section_of_a_port_belongs_hides_nothing_of_a_section_of_that_name() => Assert.Equal(
        ["PG2003", "PG0002"],
        Check([s_echo], ("appsettings.json", """{ "Ports": { "echo": [9102, 9103], "echo": { "Port": 80 } } }""")).Select(static p => p.Rule.Id));

    [Fact]
    public void A_value_that_can_t_be_read_hides_those_of_lower_levels()
    {
        // In Development the attribute's 9101 holds, not 9300: so nothing collides there.
        var problems = Check(
            [s_echo, s_time],
            ("appsettings.json", """{ "Ports": { "echo": { "Port": 9300 } } }"""),
            ("appsettings.Development.json", """{ "Ports": { "echo": { "Port": "x" }, "time": { "Port": 9300 } } }"""));
        Assert.Equal(["PG2003"], problems.Select(static p => p.Rule.Id));
    }

    private static IReadOnlyList<SettingsProblem> Check(DeclaredPort[] manifest, params (string Path, string Json)[] files) =>
        SettingsChecker.Check(manifest, [.. files.Select(static f => new SettingsSource(f.Path, Encoding.UTF8.GetBytes(f.Json)))]).Problems;
}
