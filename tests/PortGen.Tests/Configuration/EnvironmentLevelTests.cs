using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

/// <summary>Variables of the process, as the real provider reads them: with prefixes, and in any case.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class EnvironmentLevelTests
{
    private static readonly PortManifest s_web = Manifests.Of(Manifests.Port("web", 8080, new PortRange(8080, 8090)));

    [Theory]
    [InlineData("Prefix")]
    [InlineData("DOTNET_")]
    [InlineData("Prefix: ''")]
    [InlineData("_")]
    public void A_variable_with_a_prefix_is_nobody_s_port(string prefix)
    {
        using var variables = new ProcessEnvironment((prefix + "WEB_PORT", "9300"), (prefix + "PORT", "9301"));
        Assert.Equal(8080, Plan(new ConfigurationBuilder().AddEnvironmentVariables(prefix)).Ports[0].Port);
    }

    [Fact]
    public void A_key_with_a_prefix_counts_and_is_named_with_it()
    {
        using var variables = new ProcessEnvironment(("Prefix_Ports__web__Port", "80"));
        var e = Assert.Throws<PortConfigurationException>(() => Plan(new ConfigurationBuilder().AddEnvironmentVariables("Prefix_")));
        Assert.EndsWith("(from environment variable Prefix_Ports__web__Port)", Assert.Single(e.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_of_another_name_and_text_reads_all_variables()
    {
        using var variables = new ProcessEnvironment(("WEB_PORT", "9300"));
        Assert.Equal(9300, Plan(new ConfigurationBuilder().Add(new PrefixedVariables(""))).Ports[0].Port);
        Assert.Equal(8080, Plan(new ConfigurationBuilder().Add(new PrefixedVariables("X"))).Ports[0].Port);
    }

    [Fact]
    public void A_variable_is_named_as_it_is_spelled()
    {
        using var variables = new ProcessEnvironment(("web_Port", "80"));
        var e = Assert.Throws<PortConfigurationException>(static () => Plan(new ConfigurationBuilder().AddEnvironmentVariables()));
        Assert.EndsWith("(from environment variable web_Port)", Assert.Single(e.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("podman", "false", "*")]
    [InlineData("", "1", "*")]
    [InlineData("podman", "", "*")]
    [InlineData("0", "off", "localhost")]
    public void Of_two_spellings_of_container_either_says_yes(string lower, string upper, string host)
    {
        using var variables = new ProcessEnvironment(("container", lower), ("CONTAINER", upper));
        Assert.Equal(host, Plan(new ConfigurationBuilder().AddEnvironmentVariables()).Ports[0].Host);
    }

    [Fact]
    public void The_spelling_that_says_yes_is_named()
    {
        using var variables = new ProcessEnvironment(("container", "podman"), ("CONTAINER", "false"));
        Assert.Equal("environment variable container", Plan(new ConfigurationBuilder().AddEnvironmentVariables()).Ports[0].HostSource.ToString());
    }

    private static PortPlan Plan(IConfigurationBuilder builder) => Plans.Of(s_web, builder.Build());

    private sealed class PrefixedVariables(string prefix) : EnvironmentVariablesConfigurationProvider(prefix), IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override string ToString() => "Prefix: what this type wants to say";
    }
}
