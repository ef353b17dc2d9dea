using Microsoft.Extensions.Configuration;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

[Collection(nameof(ProcessEnvironment))]
public sealed class VariableSlipsTests
{
    private static readonly PortManifest s_manifest = Manifests.Of(
        Manifests.Port("lookup", 7400), Manifests.Port("rest", 7401), Manifests.Port("web1", 7402), Manifests.Port("api", 7403), Manifests.Port("order-history", 7404), Manifests.Port("stock-service", 7405));

    [Theory]
    [InlineData("LOKUP_PORT", "7500", "LOOKUP_PORT")]
    [InlineData("Lokup_Port", "7500", "LOOKUP_PORT")]
    [InlineData("LOOKPU_PORT_RANGE", "7500-7509", "LOOKUP_PORT_RANGE")]
    [InlineData("LOOKUP_PROT", "7500", "LOOKUP_PORT")]
    [InlineData("LOOKUP_PORTS", "7500", "LOOKUP_PORT")]
    [InlineData("LOOKUP_PORTRANGE", "7500-7509", "LOOKUP_PORT_RANGE")]
    [InlineData("LOOKUP_BINDINTERFACE", "*", "LOOKUP_BIND_INTERFACE")]
    [InlineData("LOOKUP_HEALTHPATH", "/up", "LOOKUP_HEALTH_PATH")]
    [InlineData("ORDERHISTORY_PORT", "7500", "ORDER_HISTORY_PORT")]
    [InlineData("ORDRE_HISTRY_PORT", "7500", "ORDER_HISTORY_PORT")]
    [InlineData("REST_PORT_RANGE_STAR", "7500", "REST_PORT_RANGE_START")]
    [InlineData("RSET_PORT", "7500", "REST_PORT")]
    [InlineData("BIND_ALL_INTERFACE", "true", "BIND_ALL_INTERFACES")]
    [InlineData("PORTGEN_APLICATION", "shop", "PORTGEN_APPLICATION")]
    public void A_slip_of_the_keys_is_told_once_with_what_was_meant(string variable, string value, string meant) =>
        Assert.Equal([$"Environment variable {variable} is ignored: did you mean {meant}?"], Warnings((variable, value)));

    [Theory]
    [InlineData("LOOKUP_HOST", "10.0.0.1")]
    [InlineData("LOOKUP_URL", "http://x")]
    [InlineData("TEST_PORT", "5432")]
    [InlineData("APP_PORT", "5432")]
    [InlineData("APIS_PORT", "5432")]
    [InlineData("WEB2_PORT", "5432")]
    [InlineData("WEB_PORT", "5432")]
    [InlineData("LOKUP_PORT", "tcp://10.0.0.7:9000")]
    [InlineData("LOKUP_PORT", "soon")]
    [InlineData("LOKUP_PORT", "")]
    [InlineData("REDIS_PORT", "6379")]
    [InlineData("PORT", "8080")]
    [InlineData("TRANSPORT", "8080")]
    [InlineData("PORTGEN_LONG_TESTS", "1")]
    public void What_others_set_is_no_slip(string variable, string value) =>
        Assert.DoesNotContain(Warnings((variable, value)), static w => w.Contains("did you mean", StringComparison.Ordinal));

    [Fact]
    public void Nothing_is_told_where_what_was_meant_is_set_or_kubernetes_means_a_service()
    {
        Assert.Empty(Warnings(("LOKUP_PORT", "7500"), ("LOOKUP_PORT", "7501")));
        Assert.NotEmpty(Warnings(("STOK_SERVICE_PORT", "7500")));
        Assert.Empty(Warnings(("STOK_SERVICE_PORT", "7500"), ("STOK_SERVICE_HOST", "10.0.0.7")));
    }

    [Theory]
    [InlineData("Port")]
    [InlineData("Prots")]
    [InlineData("port")]
    public void A_section_that_is_nearly_the_section_of_the_ports_is_told(string section)
    {
        var plan = Plans.Of(s_manifest, new Dictionary<string, string?> { [section + ":lookup:Port"] = "7500", [section + ":rest:Port"] = "7501" });
        Assert.Equal([$"configuration key {section}:lookup is ignored: did you mean Ports:lookup? Keys of ports are in the section Ports"], plan.Warnings);
        Assert.Equal(7400, plan.Ports.First(static p => p.Name == "lookup").Port);
    }

    [Theory]
    [InlineData("Port:other", "1")]
    [InlineData("Sports:lookup", "1")]
    [InlineData("Port", "8080")]
    public void A_section_of_somebody_else_s_is_not(string key, string value) =>
        Assert.Equal(key == "Sports:lookup" ? 1 : 0, Plans.Of(s_manifest, new Dictionary<string, string?> { [key] = value }).Warnings.Count);

    private static IEnumerable<string> Warnings(params (string Name, string Value)[] variables)
    {
        using var environment = new ProcessEnvironment([("PORTGEN_APPLICATION", ""), .. variables]);
        return PortPlanner.Plan(s_manifest, new ConfigurationBuilder().AddEnvironmentVariables().Build(), Plans.Environment("Production"))
            .Warnings.Where(static w => !w.StartsWith("Environment variable PORT ", StringComparison.Ordinal));
    }
}
