using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PortGen.Tasks.Tests;

/// <summary>The schema describes what is written: no property more, none less, and each value is of its kind.</summary>
public sealed class ManifestSchemaTests
{
    private static readonly DeclaredPort[] s_ports =
    [
        new() { Name = "rest", Service = "rest", Type = "global::App.Rest", Port = 8082, Range = "8082-8092", HealthPath = "/", DevelopmentPort = 18082, DependsOn = ["global::App.OAuth"] },
        new() { Name = "oauth-2", Service = "oauth-2", Type = "global::App.OAuth" },
    ];

    [Fact]
    public void A_manifest_is_as_the_schema_says()
    {
        var report = SettingsChecker.Check(s_ports, [new("appsettings.json", """{ "Ports": { "rest": { "ExternalPort": 80, "Range": " 9000-9009 " } } }"""u8.ToArray())]);
        using var manifest = JsonDocument.Parse(ManifestWriter.Write(report.Ports));
        using var schema = JsonDocument.Parse(File.ReadAllBytes(SchemaFile));
        Assert.Equal(ManifestWriter.Schema, schema.RootElement.GetProperty("$id").GetString());
        Assert.Equal(ManifestWriter.Schema, manifest.RootElement.GetProperty("$schema").GetString());
        Assert.Equal(["$schema", "ports"], manifest.RootElement.EnumerateObject().Select(static p => p.Name));

        var port = schema.RootElement.GetProperty("$defs").GetProperty("port");
        foreach (var written in manifest.RootElement.GetProperty("ports").EnumerateArray())
        {
            Assert.Equal(port.GetProperty("required").EnumerateArray().Select(static n => n.GetString()), written.EnumerateObject().Select(static p => p.Name));
            Assert.All(written.EnumerateObject(), p => Assert.True(Allows(schema.RootElement, port.GetProperty("properties").GetProperty(p.Name), p.Value), $"{p.Name}: {p.Value}"));
        }
    }

    // As much of JSON Schema as this schema uses.
    private static bool Allows(JsonElement root, JsonElement schema, JsonElement value)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Allows(root, root.GetProperty("$defs").GetProperty(reference.GetString()!.Split('/')[^1]), value);
        }

        if (schema.TryGetProperty("anyOf", out var choices))
        {
            return choices.EnumerateArray().Any(c => Allows(root, c, value));
        }

        var types = schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } several ? several.EnumerateArray().Select(static t => t.GetString()) : [schema.GetProperty("type").GetString()];
        return types.Contains(TypeOf(value))
            && (value.ValueKind != JsonValueKind.String || !schema.TryGetProperty("pattern", out var pattern) || Regex.IsMatch(value.GetString()!, pattern.GetString()!))
            && (value.ValueKind != JsonValueKind.Number || (value.GetInt32() >= schema.GetProperty("minimum").GetInt32() && value.GetInt32() <= schema.GetProperty("maximum").GetInt32()))
            && (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(i => Allows(root, schema.GetProperty("items"), i)));
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => "integer",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => value.ValueKind.ToString().ToLowerInvariant(),
    };

    private static string SchemaFile => Path.Combine(
        typeof(ManifestSchemaTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static a => a.Key == "RepositoryRoot").Value!, "src", "PortGen.Tasks", "ports.schema.json");
}
