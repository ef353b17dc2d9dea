using Microsoft.Extensions.Configuration;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

/// <summary>The short variables, by an environment provider whose variables the test makes up: the process's own are everybody's.</summary>
public sealed class VariableAliasTests
{
    private static readonly PortDefinition s_web = new("web") { Port = 8080, Range = new PortRange(8080, 8090) };
    private static readonly PortManifest s_one = Manifests.Of(s_web);
    private static readonly PortManifest s_two = Manifests.Of(Manifests.Port("api", 8081), s_web with { Primary = true });

    [Fact]
    public void PORT_is_the_exact_port_of_the_only_service()
    {
        var port = Assert.Single(Plan(s_one, ("PORT", "9300")).Ports);
        Assert.Equal((9300, "9300"), (port.Port, port.Range.ToString()));
        Assert.Equal(9301, Plan(s_one, ("PORT", "9300"), ("WEB_PORT", "9301")).Ports[0].Port);
        Assert.Equal(8080, Plan(s_one, ("PORT", "tcp://10.0.0.11:80")).Ports[0].Port);
        Assert.Equal(8080, Plan(s_one, ("PORT", " ")).Ports[0].Port);
    }

    [Fact]
    public void PORT_is_that_of_the_primary_service_and_of_no_other()
    {
        var plan = Plan(s_two, ("PORT", "9300"));
        Assert.Equal([8081, 9300], plan.Ports.Select(static p => p.Port));
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public void A_provider_with_a_prefix_lends_nobody_its_variables()
    {
        var configuration = new ConfigurationBuilder().Add(new MadeUpVariables("DOTNET_", ("PORT", "9300"), ("WEB_PORT", "9301"))).Build();
        Assert.Equal(8080, PortPlanner.Plan(s_one, configuration, Plans.Environment("Production")).Ports[0].Port);
    }

    [Fact]
    public void BIND_ALL_INTERFACES_is_for_all_that_have_no_interface_of_their_own()
    {
        Assert.Equal(["*", "127.0.0.1"], Plan(s_two, ("BIND_ALL_INTERFACES", "true"), ("WEB_BIND_INTERFACE", "127.0.0.1")).Ports.Select(static p => p.Host));
        Assert.Equal(["localhost", "localhost"], Plan(s_two, ("BIND_ALL_INTERFACES", "false")).Ports.Select(static p => p.Host));
    }

    [Fact]
    public void The_other_settings_have_their_variables_too()
    {
        var port = Assert.Single(Plan(s_one, ("WEB_REQUIRED", "0"), ("WEB_EXTERNAL_PORT", "443"), ("WEB_HEALTH_PATH", "/up")).Ports);
        Assert.Equal((false, 443, "/up"), (port.Required, port.ExternalPort, port.HealthPath));
    }

    [Theory]
    [InlineData("DOTNET_RUNNING_IN_CONTAINER", "true")]
    [InlineData("CONTAINER", "1")]
    [InlineData("KUBERNETES_SERVICE_HOST", "10.0.0.1")]
    public void In_a_container_ports_are_exact_and_on_all_interfaces_and_a_stop_drains(string variable, string value)
    {
        var manifest = Manifests.Of(s_web, Manifests.Port("any", 0, new PortRange(8080, 8089)), new PortDefinition("admin") { Port = 9400, Host = "127.0.0.1" });
        var plan = Plan(manifest, (variable, value));
        Assert.Equal([(8080, "8080", "*"), (0, "8080-8089", "*"), (9400, "9400", "127.0.0.1")], plan.Ports.Select(static p => (p.Port, p.Range.ToString()!, p.Host)));
        Assert.Equal(TimeSpan.FromSeconds(5), plan.DrainDelay);
        Assert.Equal("localhost", Plan(s_one, (variable, value), ("WEB_BIND_INTERFACE", "localhost")).Ports[0].Host);
        Assert.Equal("8080-8085", Plan(s_one, (variable, value), ("WEB_PORT_RANGE", "8080-8085")).Ports[0].Range.ToString());
    }

    [Fact]
    public void A_container_for_development_keeps_its_ranges_and_nothing_else_is_a_container()
    {
        var configuration = new ConfigurationBuilder().Add(new MadeUpVariables("", ("DOTNET_RUNNING_IN_CONTAINER", "true"))).Build();
        var port = PortPlanner.Plan(s_one, configuration, Plans.Environment("Development")).Ports[0];
        Assert.Equal(("8080-8090", "*"), (port.Range.ToString(), port.Host));
        var plain = Plan(s_one, ("DOTNET_RUNNING_IN_CONTAINER", "false"), ("HOSTNAME", "3f2a9c0d1b7e"));
        Assert.Equal(("8080-8090", "localhost", TimeSpan.Zero), (plain.Ports[0].Range.ToString(), plain.Ports[0].Host, plain.DrainDelay));
    }

    [Fact]
    public void A_configuration_inside_a_configuration_keeps_its_levels_and_a_foreign_one_is_read_as_one()
    {
        var inner = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Ports:web:Range", "9300-9309")]).AddInMemoryCollection([new("Ports:web:Port", "9305")]).Build();
        var chained = new ConfigurationBuilder().AddConfiguration(inner).Build();
        Assert.Equal("9305", Plans.Of(s_one, chained).Ports[0].Range.ToString());
        var section = new ConfigurationBuilder().AddInMemoryCollection([new("App:Ports:web:Port", "9306")]).Build().GetSection("App");
        Assert.Equal(9306, Plans.Of(s_one, section).Ports[0].Port);
    }

    private static PortPlan Plan(PortManifest manifest, params (string Name, string Value)[] variables) =>
        Plans.Of(manifest, new ConfigurationBuilder().Add(new MadeUpVariables("", variables)).Build());
}
