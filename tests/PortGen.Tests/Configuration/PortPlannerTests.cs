using Microsoft.Extensions.Configuration;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

public sealed class PortPlannerTests
{
    private static readonly PortManifest s_web = Manifests.Of(Manifests.Port("web", 8080, new PortRange(8080, 8090)));

    [Fact]
    public void Without_configuration_the_attribute_holds()
    {
        var port = Assert.Single(Plans.Of(s_web).Ports);
        Assert.Equal((8080, new PortRange(8080, 8090), "localhost", true), (port.Port, port.Range!.Value, port.Host, port.Required));
    }

    [Fact]
    public void An_operator_s_port_is_exact() => AssertPlan(9300, "9300", Plans.Of(s_web, Level(("Ports:web:Port", "9300"))));

    [Fact]
    public void An_operator_s_port_inside_the_attribute_s_range_is_exact_too() =>
        AssertPlan(8085, "8085", Plans.Of(s_web, Level(("Ports:web:Port", "8085"))));

    [Fact]
    public void A_port_with_a_range_of_the_same_level_keeps_it() =>
        AssertPlan(9300, "9300-9309", Plans.Of(s_web, Level(("Ports:web:Port", "9300"), ("Ports:web:Range", "9300-9309"))));

    [Fact]
    public void A_port_over_a_range_of_a_lower_level_is_exact() =>
        AssertPlan(9305, "9305", Plans.Of(s_web, Level(("Ports:web:Range", "9300-9309")), Level(("Ports:web:Port", "9305"))));

    [Fact]
    public void A_range_alone_replaces_a_preferred_port_that_it_does_not_have()
    {
        AssertPlan(0, "9300-9309", Plans.Of(s_web, Level(("Ports:web:Range", "9300-9309"))));
        AssertPlan(8080, "8070-8085", Plans.Of(s_web, Level(("Ports:web:Range", "8070-8085"))));
    }

    [Fact]
    public void Services_can_share_a_configured_range()
    {
        var plan = Plans.Of(
            Manifests.Of(Manifests.Port("a", 8080), Manifests.Port("b", 8081)), Level(("Ports:a:Range", "9300-9309"), ("Ports:b:Range", "9300-9309")));
        Assert.Equal([(0, "9300-9309"), (0, "9300-9309")], plan.Ports.Select(static p => (p.Port, p.Range.ToString())));
    }

    [Fact]
    public void Port_zero_means_any_of_the_range() => AssertPlan(0, "8080-8090", Plans.Of(s_web, Level(("Ports:web:Port", "0"))));

    [Fact]
    public void A_higher_level_decides() => AssertPlan(9301, "9301", Plans.Of(s_web, Level(("Ports:web:Port", "9300")), Level(("Ports:web:Port", "9301"))));

    [Fact]
    public void Development_prefers_its_port_and_moves_the_range_there()
    {
        var manifest = Manifests.Of(new PortDefinition("web") { Port = 8080, Range = new PortRange(8080, 8090), DevelopmentPort = 18080 });
        AssertPlan(18080, "18080-18090", Plans.Of(manifest, "Development"));
        AssertPlan(8080, "8080-8090", Plans.Of(manifest, "Production"));
        AssertPlan(9300, "9300", Plans.Of(manifest, "Development", Level(("Ports:web:Port", "9300"))));
        AssertPlan(8085, "8080-8090", Plans.Of(manifest, "Development", Level(("Ports:web:DevelopmentPort", "8085"))));
    }

    [Fact]
    public void In_development_a_configured_range_still_counts_and_the_moved_one_ends_at_65535()
    {
        var manifest = Manifests.Of(new PortDefinition("web") { Port = 8080, Range = new PortRange(8080, 8090), DevelopmentPort = 65530 });
        AssertPlan(65530, "65530-65535", Plans.Of(manifest, "Development"));
        AssertPlan(0, "9300-9309", Plans.Of(manifest, "Development", Level(("Ports:web:Range", "9300-9309"))));
    }

    [Fact]
    public void A_host_of_an_attribute_is_checked_too_and_a_port_that_a_range_moved_names_the_range()
    {
        Assert.StartsWith("PG0016: Host 'nowhere' of port 'web'", Assert.Single(Assert.Throws<PortConfigurationException>(
            () => Plans.Of(Manifests.Of(new PortDefinition("web") { Port = 8080, Host = "nowhere" }))).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Development_gives_up_sooner()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Plans.Of(s_web).BindTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), Plans.Of(s_web, "Development").BindTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(500), Plans.Of(s_web, Level(("Ports:BindTimeout", "0.5"))).BindTimeout);
        Assert.Equal(TimeSpan.FromSeconds(70), Plans.Of(s_web, Level(("Ports:BindTimeout", "00:01:10"))).BindTimeout);
    }

    [Fact]
    public void Force_restart_is_off_unless_configured_and_less_patient_in_development()
    {
        Assert.Equal((false, TimeSpan.FromSeconds(10)), (Plans.Of(s_web).ForceRestart, Plans.Of(s_web).RestartTimeout));
        Assert.Equal(TimeSpan.FromSeconds(3), Plans.Of(s_web, "Development").RestartTimeout);
        Assert.True(Plans.Of(s_web, Level(("Ports:ForceRestart", "true"))).ForceRestart);
        Assert.False(Plans.Of(s_web, Level(("Ports:ForceRestart", "true")), Level(("Ports:ForceRestart", "0"))).ForceRestart);
    }

    [Fact]
    public void The_application_is_named_by_its_key_or_variable_and_the_higher_level_decides()
    {
        Assert.Null(Plans.Of(s_web).Application);
        Assert.Null(Plans.Of(s_web, Level(("Ports:Application", " "))).Application);
        Assert.Equal("shop", Plans.Of(s_web, Level(("Ports:Application", " shop "))).Application);
        var variable = new MadeUpVariables("", ("PORTGEN_APPLICATION", "by variable"));
        Assert.Equal("by variable", Plans.Of(s_web, new ConfigurationBuilder().AddInMemoryCollection(Level(("Ports:Application", "shop"))).Add(variable).Build()).Application);
        Assert.Equal("shop", Plans.Of(s_web, new ConfigurationBuilder().Add(variable).AddInMemoryCollection([new("Ports:Application", "shop")]).Build()).Application);
        Assert.Equal("key", Plans.Of(s_web, new ConfigurationBuilder().Add(new MadeUpVariables("", ("PORTGEN_APPLICATION", "by variable"), ("Ports__Application", "key"))).Build()).Application);
    }

    [Theory]
    [InlineData("Ports:ForceRestart", "perhaps", "PG2003", "perhaps")]
    [InlineData("Ports:ForceRestart:Now", "true", "PG2003", "takes one value")]
    [InlineData("Ports:ForceRestrat", "true", "PG2002", "did you mean 'ForceRestart'?")]
    [InlineData("Ports:web:Port", "80", "PG0002", "80")]
    [InlineData("Ports:web:Port", "65536", "PG0002", "65536")]
    [InlineData("Ports:web:Port", "abc", "PG2003", "abc")]
    [InlineData("Ports:web:Port", "-1", "PG2003", "-1")]
    [InlineData("Ports:web:Range", "9110-9101", "PG0003", "9110-9101")]
    [InlineData("Ports:web:Range", "9110-", "PG0001", "9110-")]
    [InlineData("Ports:web:Range", "", "PG0001", "''")]
    [InlineData("Ports:web:Port", " ", "PG2003", "' '")]
    [InlineData("Ports:web:Host", "9101", "PG2003", "9101")]
    [InlineData("Ports:web:Host", "127.1", "PG2003", "127.1")]
    [InlineData("Ports:web:Host", "0x7f.0.0.1", "PG2003", "0x7f.0.0.1")]
    [InlineData("Ports:web:Host", "0177.0.0.1", "PG2003", "0177.0.0.1")]
    [InlineData("Ports:web:Required", "yes", "PG2003", "yes")]
    [InlineData("Ports:web:ExternalPort", "0", "PG2003", "0")]
    [InlineData("Ports:BindTimeout", "-1", "PG2003", "-1")]
    [InlineData("Ports:BindTimeout", "-Infinity", "PG2003", "-Infinity")]
    [InlineData("Ports:BindTimeout", "NaN", "PG2003", "NaN")]
    [InlineData("Ports:BindTimeout", "soon", "PG2003", "soon")]
    [InlineData("Ports:web:Prot", "8080", "PG2003", "did you mean 'Port'?")]
    [InlineData("Ports:web:Port:Number", "8080", "PG2003", "Ports:web:Port")]
    [InlineData("Ports:wbe:Port", "8080", "PG2002", "'wbe' names no port of this application: did you mean 'web'?")]
    [InlineData("Ports:unheard:Port", "8080", "PG2002", "the ports are web")]
    [InlineData("Ports:web", "8080", "PG2003", "is a section")]
    [InlineData("Ports:BindTimeout:Seconds", "5", "PG2003", "takes one value")]
    [InlineData("Ports:StopTimout", "5", "PG2002", "did you mean 'StopTimeout'?")]
    public void A_bad_value_is_an_error_that_names_rule_value_and_origin(string key, string value, string id, string quoted)
    {
        var error = Assert.Single(Assert.Throws<PortConfigurationException>(() => Plans.Of(s_web, Level((key, value)))).Errors);
        Assert.StartsWith(id + ": ", error, StringComparison.Ordinal);
        Assert.Contains(quoted, error, StringComparison.Ordinal);
        Assert.Contains("configuration key Ports:", error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_come_at_once()
    {
        var e = Assert.Throws<PortConfigurationException>(() => Plans.Of(s_web, Level(("Ports:web:Port", "80"), ("Ports:web:Host", "nowhere"), ("Ports:StopTimeout", "x"))));
        Assert.Equal(["PG0002", "PG2003", "PG2003"], e.Errors.Select(static m => m[..6]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Two_ports_that_configuration_makes_collide_are_an_error_with_its_origin()
    {
        var manifest = Manifests.Of(Manifests.Port("web", 8080), Manifests.Port("api", 8081));
        var error = Assert.Single(Assert.Throws<PortConfigurationException>(() => Plans.Of(manifest, Level(("Ports:web:Port", "8081")))).Errors);
        Assert.StartsWith("PG0006: ", error, StringComparison.Ordinal);
        Assert.Contains("configuration key Ports:web:Port", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_s_value_is_quoted_with_file_and_line()
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", """
            {
              // comments are allowed
              "Ports": {
                "web": { "Range": "9110-9101", },
              },
            }
            """);
        var configuration = new ConfigurationBuilder().SetBasePath(folder.Path).AddJsonFile("appsettings.json").Build();
        var e = Assert.Throws<PortConfigurationException>(() => PortPlanner.Plan(s_web, configuration, Plans.Environment("Production")));
        Assert.EndsWith("(from Ports:web:Range in appsettings.json, line 4)", Assert.Single(e.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_is_quoted_as_an_option()
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(["--Ports:web:Port=80"]).Build();
        var e = Assert.Throws<PortConfigurationException>(() => PortPlanner.Plan(s_web, configuration, Plans.Environment("Production")));
        Assert.EndsWith("(from command-line option --Ports:web:Port)", Assert.Single(e.Errors), StringComparison.Ordinal);
    }

    private static void AssertPlan(int preferred, string allowed, PortPlan plan) =>
        Assert.Equal((preferred, allowed), (plan.Ports[0].Port, plan.Ports[0].Range.ToString()));

    private static Dictionary<string, string?> Level(params (string Key, string Value)[] values) => values.ToDictionary(static v => v.Key, static v => (string?)v.Value);
}
