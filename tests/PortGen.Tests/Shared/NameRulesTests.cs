using static PortGen.Tests.Shared.RuleReport;

namespace PortGen.Tests.Shared;

/// <summary>PG0005 and PG0011, each report in full.</summary>
public sealed class NameRulesTests
{
    [Theory]
    [InlineData("HTTPServer_2", "http-server-2")]
    [InlineData("Web", "web")]
    [InlineData("MyAPI", "my-api")]
    [InlineData("APIServer", "api-server")]
    [InlineData("webX", "web-x")]
    [InlineData("Web1X", "web1x")]
    [InlineData("web__api", "web-api")]
    [InlineData("_web_", "web")]
    [InlineData("Web-Api", "web-api")]
    [InlineData("wéb", "w-b")]
    [InlineData("zA9", "z-a9")]
    [InlineData("2web", "port2web")]
    [InlineData("", "port")]
    [InlineData("---", "port")]
    [InlineData("{}", "port")]
    [InlineData("a234567890123456", "a23456789012345")]
    [InlineData("abcdefghijklmn-opq", "abcdefghijklmn")]
    public void PG0011_proposes_the_nearest_name(string name, string cure) => Assert.Equal(
        [$"PG0011 0 Name: Port name '{name}' is not valid: use 1 to 15 lower-case letters, digits and single inner hyphens, first a letter => Name {cure}"],
        Of(Spec(name)));

    [Theory]
    [InlineData("manifest", "Manifest")]
    [InlineData("start-all", "StartAll")]
    [InlineData("start-all-async", "StartAllAsync")]
    [InlineData("run-all-async", "RunAllAsync")]
    [InlineData("services", "Services")]
    [InlineData("get-port", "GetPort")]
    [InlineData("stop-async", "StopAsync")]
    [InlineData("dispose-async", "DisposeAsync")]
    [InlineData("dispose", "Dispose")]
    [InlineData("equals", "Equals")]
    [InlineData("get-hash-code", "GetHashCode")]
    [InlineData("get-type", "GetType")]
    [InlineData("to-string", "ToString")]
    [InlineData("finalize", "Finalize")]
    [InlineData("ports", "Ports")]
    [InlineData("running-ports", "RunningPorts")]
    public void PG0011_names_the_generated_property_that_is_taken(string name, string property)
    {
        var stem = name[..Math.Min(name.Length, 13)].TrimEnd('-');
        Assert.Equal(
            [$"PG0011 0 Name: Port name '{name}' is not valid: its generated property {property} would collide with a generated member; choose another name => Name {stem}-2"],
            Of(Spec(name)));
    }

    [Fact]
    public void The_generated_class_is_in_nobody_s_way_once_there_is_nothing_to_generate() =>
        Assert.Empty(PortRules.Check([Spec("ports"), Spec("running-ports")], generatedClass: null));

    [Fact]
    public void PG0011_names_the_setting_of_the_same_key() => Assert.Equal(
        ["PG0011 0 Name: Port name 'bindtimeout' is not valid: its configuration section would collide with the setting Ports:BindTimeout; choose another name => Name bindtimeout-2"],
        Of(Spec("bindtimeout")));

    [Fact]
    public void PG0011_names_the_port_that_has_the_property_or_the_variable() => Assert.Equal(
        [
            "PG0011 1 Name with 0: Port name 'web-1' is not valid: its generated property Web1 would also be that of 'web1'; choose another name => Name web-1-2",
            "PG0011 3 Name with 2: Port name 'api-external' is not valid: its environment variable API_EXTERNAL_PORT would also be one of 'api'; choose another name => Name api-external-2",
        ],
        Of(Spec("web1"), Spec("web-1"), Spec("api"), Spec("api-external")));

    [Fact]
    public void PG0005_names_both_classes_and_proposes_what_nobody_else_has_or_is_proposed() => Assert.Equal(
        [
            "PG0005 1 Name with 0: Port name 'web' of class web is already the name of a port of class web: give each port a name of its own; [assembly: ReferencedPort] renames one of a library => Name web-3",
            "PG0005 2 Name with 0: Port name 'web' of class web is already the name of a port of class web: give each port a name of its own; [assembly: ReferencedPort] renames one of a library => Name web-4",
        ],
        Of(Spec("web"), Spec("web"), Spec("web"), Spec("web-2")));

    [Theory]
    [InlineData("a23456789012345", "a234567890123-2")]
    [InlineData("abcdefghijkl-no", "abcdefghijkl-2")]
    public void A_proposal_is_no_longer_than_a_name_may_be(string name, string cure) =>
        Assert.EndsWith(" => Name " + cure, Assert.Single(Of(Spec(name), Spec(name))), StringComparison.Ordinal);

    [Fact]
    public void A_proposal_takes_no_property_and_no_variable_of_another() => Assert.Equal(
        ["web-3", "api-external-2"],
        PortRules.Check([Spec("web"), Spec("web2"), Spec("web"), Spec("api"), Spec("ApiExternal")], "Ports").Select(static p => p.Cures[0].Text));
}
