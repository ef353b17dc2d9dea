using Microsoft.Extensions.Configuration;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

/// <summary>Where each value of a plan is said to come from, and what is said of the values that break rules.</summary>
public sealed class PlanSourcesTests
{
    private static readonly PortDefinition s_web = new("web") { Port = 8080, Range = new PortRange(8080, 8090), Primary = true };
    private static readonly PortManifest s_one = Manifests.Of(s_web);
    private static readonly PortManifest s_two = Manifests.Of(Manifests.Port("api", 8081), s_web with { Primary = false });

    [Fact]
    public void What_nobody_configures_comes_from_the_attribute()
    {
        var plan = Plan(s_one);
        var port = plan.Ports[0];
        Assert.Equal(["its attribute", "its attribute", "its attribute"], Sources(port));
        Assert.Equal((8080, true, true, null, null), (port.Port, port.Required, port.NeededByService, port.HealthPath, port.ExternalPort));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), TimeSpan.Zero), (plan.StartTimeout, plan.StopTimeout, plan.DrainDelay));
        Assert.Equal([port], plan.PortsOf("web"));
        Assert.Empty(plan.PortsOf("api"));
    }

    [Fact]
    public void A_variable_is_named()
    {
        const string Ports = "environment variable WEB_PORT";
        Assert.Equal([Ports, Ports, "its attribute"], Sources(Plan(s_one, ("WEB_PORT", "9300")).Ports[0]));
        Assert.Equal(["environment variable PORT", "environment variable PORT", "its attribute"], Sources(Plan(s_one, ("PORT", "9300")).Ports[0]));
        Assert.Equal(["its attribute", "environment variable WEB_PORT_RANGE", "its attribute"], Sources(Plan(s_one, ("WEB_PORT_RANGE", "8070-8090")).Ports[0]));
        Assert.Equal("environment variable WEB_BIND_INTERFACE", Sources(Plan(s_one, ("WEB_BIND_INTERFACE", "*")).Ports[0])[2]);
        Assert.Equal("environment variable BIND_ALL_INTERFACES", Sources(Plan(s_one, ("BIND_ALL_INTERFACES", "1")).Ports[0])[2]);
        Assert.Equal("environment variable Ports__web__Host", Sources(Plan(s_one, ("Ports__web__Host", "*")).Ports[0])[2]);
    }

    [Fact]
    public void A_container_is_named_for_what_it_decides()
    {
        const string Container = "environment variable DOTNET_RUNNING_IN_CONTAINER";
        Assert.Equal(["its attribute", Container, Container], Sources(Plan(s_one, ("DOTNET_RUNNING_IN_CONTAINER", "true")).Ports[0]));
        Assert.Equal(["its attribute", "its attribute", Container], Sources(Plan(s_two, ("DOTNET_RUNNING_IN_CONTAINER", "true")).Ports[0]));
        Assert.Equal("environment variable CONTAINER", Sources(Plan(s_one, ("DOTNET_RUNNING_IN_CONTAINER", "false"), ("CONTAINER", "true")).Ports[0])[2]);
        Assert.Equal("its attribute", Sources(Plan(s_one, ("CONTAINER", "false")).Ports[0])[2]);
        Assert.Equal("environment variable CONTAINER", Sources(Plan(s_one, ("container", "podman")).Ports[0])[2]);
    }

    [Fact]
    public void Two_halves_are_a_range_from_both_variables_and_one_is_a_mistake()
    {
        var port = Plan(s_one, ("WEB_PORT_RANGE_START", " 8070 "), ("WEB_PORT_RANGE_END", " 8085")).Ports[0];
        Assert.Equal("8070-8085", port.Range.ToString());
        Assert.Equal("environment variables WEB_PORT_RANGE_START and WEB_PORT_RANGE_END", port.RangeSource.ToString());
        Assert.Equal(
            ["PG2003: '8070' is half a range of port 'web': set WEB_PORT_RANGE_END too (from environment variable WEB_PORT_RANGE_START)"],
            Errors(s_one, ("WEB_PORT_RANGE_START", "8070")));
        Assert.Equal(
            ["PG2003: '8085' is half a range of port 'web': set WEB_PORT_RANGE_START too (from environment variable WEB_PORT_RANGE_END)"],
            Errors(s_one, ("WEB_PORT_RANGE_END", "8085")));
    }

    [Fact]
    public void A_service_link_is_nobody_s_port()
    {
        Assert.Equal(8080, Plan(s_one, ("WEB_PORT", " TCP://10.0.0.11:80")).Ports[0].Port);
        Assert.Equal(8080, Plan(s_one, ("WEB_PORT", "udp://10.43.7.9:8125")).Ports[0].Port);
        Assert.Equal(8080, Plan(s_one, ("WEB_PORT", "Sctp://[fd00::1]:9")).Ports[0].Port);
        Assert.Equal(9300, Plan(s_one, ("WEB_PORT", "tcp://10.0.0.11:80"), ("PORT", "9300")).Ports[0].Port);
        Assert.Empty(Plan(s_two, ("PORT", "tcp://10.0.0.11:80")).Warnings);
    }

    [Fact]
    public void Every_variable_of_a_port_ignores_a_link()
    {
        string[] variables = [.. PortSetting.Aliases("web"), "PORT", "BIND_ALL_INTERFACES"];
        var port = Plan(s_one, [.. variables.Select(static (v, i) => (v, ((string[])["tcp", "UDP", "sctp"])[i % 3] + "://10.0.0.1:80"))]).Ports[0];
        Assert.Equal((8080, "8080-8090", "localhost", true, null, null), (port.Port, port.Range.ToString(), port.Host, port.Required, port.HealthPath, port.ExternalPort));
        Assert.Equal(8, variables.Length - 2);
    }

    [Fact]
    public void A_key_of_the_section_takes_no_link() => Assert.Equal(
        ["PG2003: 'tcp://10.0.0.1:80' is not a port number: write digits, 0 for no preference (from environment variable Ports__web__Port)"],
        Errors(s_one, ("Ports__web__Port", "tcp://10.0.0.1:80")));

    [Theory]
    [InlineData("AUTH_SERVICE_HOST", "10.0.0.7")]
    [InlineData("AUTH_PORT", "tcp://10.0.0.7:9000")]
    [InlineData("AUTH_PORT", "UDP://10.0.0.7:9000")]
    public void The_port_of_a_Kubernetes_Service_is_known_by_its_companions(string companion, string value)
    {
        var manifest = Manifests.Of(Manifests.Port("auth-service", 8181, new PortRange(8181, 8190)));
        foreach (var number in (string[])["9000", "80"])
        {
            var plan = Plan(manifest, ("AUTH_SERVICE_PORT", number), (companion, value), ("AUTH_SERVICE_PORT_HTTP", number));
            Assert.Equal((8181, "8181-8190"), (plan.Ports[0].Port, plan.Ports[0].Range.ToString()));
            Assert.Equal(
                [$"Environment variable AUTH_SERVICE_PORT is ignored: beside {companion} it is the port of a Kubernetes Service, not one to listen on. To configure port 'auth-service', set Ports:auth-service:Port"],
                plan.Notes);
            Assert.Empty(plan.Warnings);
        }

        Assert.Equal(9300, Plan(manifest, ("AUTH_SERVICE_PORT", "9000"), (companion, value), ("Ports__auth-service__Port", "9300")).Ports[0].Port);
        Assert.Equal("9300-9309", Plan(manifest, ("AUTH_SERVICE_PORT_RANGE", "9300-9309"), (companion, value)).Ports[0].Range.ToString());
    }

    [Theory]
    [InlineData("OTHER_SERVICE_HOST", "10.0.0.7")]
    [InlineData("AUTH_PORT", "9000")]
    [InlineData("AUTH_SERVICE_HOST", "")]
    public void Without_companions_the_variable_is_the_port_s_own(string other, string value)
    {
        var plan = Plan(Manifests.Of(Manifests.Port("auth-service", 8181)), ("AUTH_SERVICE_PORT", "9300"), (other, value));
        Assert.Equal(9300, plan.Ports[0].Port);
        Assert.Empty(plan.Notes);
    }

    [Fact]
    public void A_link_s_own_port_and_a_named_one_are_known_too()
    {
        Assert.Equal(8181, Plan(Manifests.Of(Manifests.Port("db-port-80-tcp", 8181)), ("DB_PORT_80_TCP_PORT", "9300"), ("DB_PORT_80_TCP", "tcp://10.0.0.7:80")).Ports[0].Port);
        Assert.Equal(8181, Plan(Manifests.Of(Manifests.Port("a-service-port", 8181)), ("A_SERVICE_PORT_PORT", "9300"), ("A_SERVICE_HOST", "10.0.0.7")).Ports[0].Port);
        Assert.Equal(9300, Plan(Manifests.Of(Manifests.Port("a-service-ports", 8181)), ("A_SERVICE_PORTS_PORT", "9300"), ("A_SERVICE_HOST", "10.0.0.7")).Ports[0].Port);
    }

    [Fact]
    public void The_range_that_was_written_is_quoted()
    {
        Assert.Equal(
            ["PG0002: Bound 70000 of range '60000-70000' of 'web' is outside 1024-65535: choose a port from 1024 to 65535 (from environment variable WEB_PORT_RANGE)"],
            Errors(s_one, ("WEB_PORT_RANGE", "60000-70000")));
        Assert.Equal(
            ["PG0002: Bound 80 of range '80-90000' of 'web' is outside 1024-65535: choose a port from 1024 to 65535 (from environment variables WEB_PORT_RANGE_START and WEB_PORT_RANGE_END)",
                "PG0002: Bound 90000 of range '80-90000' of 'web' is outside 1024-65535: choose a port from 1024 to 65535 (from environment variables WEB_PORT_RANGE_START and WEB_PORT_RANGE_END)"],
            Errors(s_one, ("WEB_PORT_RANGE_START", "80"), ("WEB_PORT_RANGE_END", "90000")));
    }

    [Fact]
    public void A_variable_PORTS_is_others_and_only_a_warning()
    {
        var plan = Plan(s_one, ("PORTS", "8080 8081"));
        Assert.Equal((8080, "8080-8090"), (plan.Ports[0].Port, plan.Ports[0].Range.ToString()));
        Assert.Equal(["PG2003: 'Ports' is a section: write Ports:web:Port; the value is ignored (from environment variable Ports)"], plan.Warnings);
        Assert.Empty(Plan(s_one, ("PORTS", " ")).Warnings);
        Assert.Equal(9300, Plan(s_one, ("PORTS", "1"), ("WEB_PORT", "9300")).Ports[0].Port);
    }

    [Theory]
    [InlineData("podman")]
    [InlineData("systemd-nspawn")]
    [InlineData("lxc")]
    [InlineData("docker")]
    [InlineData("oci")]
    [InlineData("1")]
    [InlineData("yes")]
    public void A_container_variable_that_is_not_a_no_says_yes(string value)
    {
        Assert.Equal("*", Plan(s_one, ("container", value)).Ports[0].Host);
        Assert.Equal("*", Plan(s_one, ("CONTAINER", value)).Ports[0].Host);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("False")]
    [InlineData("NO")]
    [InlineData(" off ")]
    [InlineData("")]
    [InlineData("  ")]
    public void A_container_variable_that_is_a_no_says_no(string value) => Assert.Equal("localhost", Plan(s_one, ("container", value)).Ports[0].Host);

    [Fact]
    public void PORT_without_an_owner_is_ignored_with_a_warning()
    {
        var plan = Plan(s_two, ("PORT", "9300"));
        Assert.Equal([8081, 8080], plan.Ports.Select(static p => p.Port));
        Assert.Equal(["Environment variable PORT is ignored: there are several services and none is marked Primary"], plan.Warnings);
        Assert.Empty(Plan(s_two).Warnings);
    }

    [Fact]
    public void PORT_is_seen_whatever_other_levels_there_are() => Assert.Single(
        Plans.Of(s_two, new ConfigurationBuilder().Add(new MadeUpVariables("", ("PORT", "9300"))).AddInMemoryCollection([new("Ports:web:Port", "9301")]).Build()).Warnings);

    [Fact]
    public void The_port_s_name_alone_is_no_variable()
    {
        var configuration = new ConfigurationBuilder().Add(new MadeUpVariables("", ("WEB", "18080"))).Build();
        Assert.Equal(8080, PortPlanner.Plan(s_one, configuration, Plans.Environment("Development")).Ports[0].Port);
    }

    [Fact]
    public void The_outside_has_ports_1_to_65535()
    {
        Assert.Equal(1, Plan(s_one, ("WEB_EXTERNAL_PORT", "1")).Ports[0].ExternalPort);
        Assert.Equal(65535, Plan(s_one, ("WEB_EXTERNAL_PORT", "65535")).Ports[0].ExternalPort);
        Assert.Equal(
            ["PG2003: '65536' is not an external port: write 1 to 65535 (from environment variable WEB_EXTERNAL_PORT)"],
            Errors(s_one, ("WEB_EXTERNAL_PORT", "65536")));
        Assert.Equal(
            ["PG2003: '0' is not an external port: write 1 to 65535 (from environment variable WEB_EXTERNAL_PORT)"],
            Errors(s_one, ("WEB_EXTERNAL_PORT", "0")));
    }

    [Fact]
    public void A_mistake_that_two_readers_find_is_told_once() => Assert.Equal(
        ["PG2003: 'perhaps' is neither true nor false (from environment variable BIND_ALL_INTERFACES)"],
        Errors(s_two, ("BIND_ALL_INTERFACES", "perhaps")));

    [Fact]
    public void An_attribute_s_value_is_the_compiler_s_to_warn_of_and_a_configured_one_is_told()
    {
        Assert.Empty(Plan(Manifests.Of(new PortDefinition("web") { Port = 9200, Range = new PortRange(9200, 9210) })).Warnings);
        Assert.Equal(
            ["PG0013: Port 9200 of 'web' is the default of Elasticsearch, which many development machines run: choose another port (from environment variable WEB_PORT)"],
            Plan(s_one, ("WEB_PORT", "9200")).Warnings);
        Assert.Empty(Plan(s_one, ("WEB_PORT", "9201")).Warnings);
    }

    [Fact]
    public void The_configured_health_path_counts()
    {
        Assert.StartsWith("PG0010: Browsers refuse to open port 6000 ", Assert.Single(Plan(s_one, ("WEB_PORT", "6000"), ("WEB_HEALTH_PATH", "/up")).Warnings), StringComparison.Ordinal);
        Assert.Equal("/live", Plan(Manifests.Of(s_web with { HealthPath = "/live" })).Ports[0].HealthPath);
        Assert.Equal("/up", Plan(Manifests.Of(s_web with { HealthPath = "/live" }), ("WEB_HEALTH_PATH", "/up")).Ports[0].HealthPath);
    }

    [Fact]
    public void A_configured_health_path_must_be_a_path_and_an_empty_one_means_none()
    {
        var manifest = Manifests.Of(s_web with { HealthPath = "/live" });
        Assert.Equal("/up", Plan(manifest, ("Ports__web__HealthPath", " /up ")).Ports[0].HealthPath);
        Assert.Null(Plans.Of(manifest, new Dictionary<string, string?> { ["Ports:web:HealthPath"] = "" }).Ports[0].HealthPath);
        Assert.Equal(["PG2003: 'up' is not a path: write one such as /health (from environment variable WEB_HEALTH_PATH)"], Errors(manifest, ("WEB_HEALTH_PATH", "up")));
    }

    [Fact]
    public void A_port_of_an_optional_service_is_optional_for_the_application_only()
    {
        var manifest = new PortManifest(
            [PortServiceDefinition.For<Manifests.IdleService>([s_web with { Required = false }, new("metrics") { Service = "web" }, new("debug") { Service = "web", Required = false }], [])],
            [["web"]]);
        Assert.Equal([("web", false, true), ("metrics", false, true), ("debug", false, false)], Plan(manifest).Ports.Select(static p => (p.Name, p.Required, p.NeededByService)));
        Assert.Equal([true, true, false], Plan(manifest, ("WEB_REQUIRED", "true")).Ports.Select(static p => p.Required));
        Assert.Equal([true, true, true], Plan(manifest, ("WEB_REQUIRED", "1"), ("DEBUG_REQUIRED", "1")).Ports.Select(static p => p.Required));
        Assert.Equal(9300, Plan(manifest, ("PORT", "9300")).Ports[0].Port);
    }

    [Fact]
    public void A_timeout_is_the_configured_one()
    {
        var plan = Plan(s_one, ("Ports__StartTimeout", "1"), ("Ports__StopTimeout", "2"), ("Ports__DrainDelay", "00:00:03"));
        Assert.Equal((1, 2, 3), (plan.StartTimeout.TotalSeconds, plan.StopTimeout.TotalSeconds, plan.DrainDelay.TotalSeconds));
        Assert.Equal(0, Plan(s_one, ("CONTAINER", "1"), ("Ports__DrainDelay", "0")).DrainDelay.TotalSeconds);
    }

    [Fact]
    public void A_bad_host_is_told_once_with_its_source_and_a_good_one_is_trimmed()
    {
        Assert.Equal("127.0.0.1", Plan(s_one, ("WEB_BIND_INTERFACE", " 127.0.0.1 ")).Ports[0].Host);
        Assert.Equal(
            ["PG2003: 'nowhere' is not an interface: write localhost, * for all interfaces, or an IP address (from environment variable WEB_BIND_INTERFACE)"],
            Errors(s_one, ("WEB_BIND_INTERFACE", "nowhere")));
        Assert.Equal(
            ["PG0016: Host 'nowhere' of port 'web' is not an interface: write localhost, * for all interfaces, or an IP address (from its attribute)"],
            Errors(Manifests.Of(s_web with { Host = "nowhere" })));
    }

    [Fact]
    public void Port_zero_without_a_range_is_the_system_s_choice() =>
        Assert.Null(Plan(Manifests.Of(new PortDefinition("web"))).Ports[0].Range);

    private static PortPlan Plan(PortManifest manifest, params (string Name, string Value)[] variables) =>
        Plans.Of(manifest, new ConfigurationBuilder().Add(new MadeUpVariables("", variables)).Build());

    private static IReadOnlyList<string> Errors(PortManifest manifest, params (string Name, string Value)[] variables) =>
        Assert.Throws<PortConfigurationException>(() => Plan(manifest, variables)).Errors;

    private static string[] Sources(PlannedPort port) => [port.PortSource.ToString(), port.RangeSource.ToString(), port.HostSource.ToString()];
}
