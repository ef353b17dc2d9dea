using System.Text;
using System.Text.Json;
using Json.Schema;

namespace PortGen.Tasks.Tests;

/// <summary>
/// The schema accepts what the build accepts and refuses what it refuses, wherever a schema can. It can't see what several values come to (PG0003, PG0004,
/// PG0006, PG0007), nor how a number is spelled.
/// </summary>
public sealed class SettingsSchemaTests
{
    private static readonly DeclaredPort[] s_manifest =
    [
        new() { Name = "oauth-2", Service = "oauth-2", Type = "global::App.OAuth", Port = 8081 },
        new() { Name = "rest", Service = "rest", Type = "global::App.Rest", Port = 8082, Range = "8082-8092", Host = "*", Required = false, HealthPath = "/up", DevelopmentPort = 18082, DependsOn = ["global::App.OAuth"] },
    ];

    private static readonly string[] s_values =
    [
        "null", "true", "false", "0", "1", "2", "-1", "80", "443", "1023", "1024", "9102", "65535", "65536", "99999999999", "0.5", "86400", "86401",
        .. new[]
        {
            "", " ", "0", "00", "1", "80", "1023", "1024", " 9102 ", "009102", "65535", "65536", "9 102", "+9102", "0x1F90", "abc", "9102-9110", " 9102-9110", "9102 - 9110", "9102-", "-9110", "1000-1100",
            "9102-65536", "0-0", "true", "TRUE", " False ", "yes", "/", "/health", " /a/b%20c ", "//", "health", "/a b", "/a?b", "/a#b", "/%4", "/ü", "localhost", "LOCALHOST", " localhost ", "*", "0.0.0.0",
            "127.0.0.1", "127.1", "0.0.0.256", "1.2.3.4.", "::", "::1", "[::1]", "fe80::1%2", "example.org", "0.5", "5.", ".5", ".", "1e3", "86400", "00:00:05", "1:2:3", "1:2", "24:00:00", "1.00:00:00", "-1", "1:2:x",
        }.Select(static t => JsonSerializer.Serialize(t)),
        "[9102]", """{ "Number": 9102 }""",
    ];

    private static readonly JsonSchema s_schema = JsonSchema.FromText(Encoding.UTF8.GetString(SettingsSchemaWriter.Write(s_manifest)));

    [Fact]
    public void Each_setting_takes_what_the_build_takes()
    {
        var cases = PortSetting.PerPort.SelectMany(static s => s_values, static (s, v) => (s.Key, Value: v, Json: $$"""{ "Ports": { "rest": { "{{s.Key}}": {{v}} } } }"""))
            .Concat(PortSetting.Globals.SelectMany(static s => s_values, static (s, v) => (s.Key, Value: v, Json: $$"""{ "Ports": { "{{s.Key}}": {{v}} } }""")));
        var differences = cases.Where(static c => BuildAccepts(c.Json) != SchemaAccepts(c.Json)).Select(static c => $"{c.Key} {c.Value}: build {BuildAccepts(c.Json)}");
        Assert.Equal("", string.Join("\n", differences));
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{ "$schema": "obj/App.ports.settings.schema.json", "Logging": { "Level": 1 } }""", true)]
    [InlineData("""{ "Ports": {} }""", true)]
    [InlineData("""{ "Ports": { "rest": null, "oauth-2": {} } }""", true)]
    [InlineData("""{ "ports": { "REST": { "port": 9102, "HEALTHPATH": "/x" }, "bindtimeout": 5 } }""", true)]
    [InlineData("""{ "Ports": { "rest:Port": 9102 }, "Ports:rest:Range": "9102-9110" }""", true)]
    [InlineData("[]", false)]
    [InlineData("""{ "Ports": null }""", false)]
    [InlineData("""{ "Ports": 8080 }""", false)]
    [InlineData("""{ "Ports": [ 8080 ] }""", false)]
    [InlineData("""{ "Ports": { "rest": 8080 } }""", false)]
    [InlineData("""{ "Ports": { "rest": [] } }""", false)]
    [InlineData("""{ "Ports": { "rset": { "Port": 9102 } } }""", false)]
    [InlineData("""{ "Ports": { "BindTimeOuts": 5 } }""", false)]
    [InlineData("""{ "Ports": { "rest": { "Rnage": "9102" } } }""", false)]
    [InlineData("""{ "ports": { "REST": { "port": "http" } } }""", false)]
    public void A_file_is_refused_by_both_or_by_neither(string json, bool accepted) => Assert.Equal((accepted, accepted), (SchemaAccepts(json), BuildAccepts(json)));

    [Theory]
    [InlineData("""{ "Ports": { "ehco": {}, "rest": { "Rnage": null } } }""", true, false)]
    [InlineData("""{ "Ports": { "rest": { "Port": {} } } }""", true, false)]
    [InlineData("""{ "Ports": { "rest": { "HealthPath": [] } } }""", true, false)]
    [InlineData("""{ "Ports": { "rest": { "DevelopmentPort": 9102.0 } } }""", false, true)]
    [InlineData("""{ "Ports": { "rest": { "Range": "9110-9102" } } }""", true, true)]
    [InlineData("""{ "Ports": { "BindTimeout": "99999" } }""", false, true)]
    [InlineData("""{ "Ports": { "rest:Prot": 1 } }""", false, true)]
    public void They_differ_where_a_value_says_nothing_and_where_a_schema_can_t_tell(string json, bool build, bool schema) => Assert.Equal((build, schema), (BuildAccepts(json), SchemaAccepts(json)));

    [Fact]
    public void An_editor_shows_what_the_attribute_says()
    {
        using var schema = JsonDocument.Parse(SettingsSchemaWriter.Write(s_manifest));
        Assert.Equal("http://json-schema.org/draft-07/schema#", schema.RootElement.GetProperty("$schema").GetString());
        var section = schema.RootElement.GetProperty("properties").GetProperty("Ports");
        Assert.Equal([.. PortSetting.Globals.Select(static s => s.Key), "oauth-2", "rest"], section.GetProperty("properties").EnumerateObject().Select(static p => p.Name));
        Assert.False(section.GetProperty("additionalProperties").GetBoolean());
        var port = section.GetProperty("properties").GetProperty("rest");
        Assert.Equal("Port of App.Rest; preferred port 8082; range 8082-8092; in Development 18082; depends on oauth-2", port.GetProperty("description").GetString());
        Assert.False(port.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal(
            ["Port 8082", "Range 8082-8092", "Host *", "Required False", "HealthPath /up", "ExternalPort ", "DevelopmentPort 18082", "PublicUrl "],
            port.GetProperty("properties").EnumerateObject().Select(static p => $"{p.Name} {(p.Value.TryGetProperty("default", out var value) ? value : default)}"));
        Assert.All(port.GetProperty("properties").EnumerateObject(), static p => Assert.EndsWith(".", p.Value.GetProperty("description").GetString(), StringComparison.Ordinal));
        Assert.Equal("Port of App.OAuth; preferred port 8081", section.GetProperty("properties").GetProperty("oauth-2").GetProperty("description").GetString());
    }

    private static bool SchemaAccepts(string json)
    {
        using var document = JsonDocument.Parse(json);
        return s_schema.Evaluate(document.RootElement).IsValid;
    }

    // What a single value can break.
    private static bool BuildAccepts(string json) => !SettingsChecker.Check(s_manifest, [new("appsettings.json", Encoding.UTF8.GetBytes(json))]).Problems
        .Any(static p => p.Rule == PortRule.RangeSyntax || p.Rule == PortRule.PortOutOfBounds || p.Rule == PortRule.UnreadableFile || p.Rule == PortRule.UnknownPortName || p.Rule == PortRule.InvalidSetting);
}
