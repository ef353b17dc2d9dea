using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PortGen.Tasks;

/// <summary>Writes a JSON schema (draft 7, which editors know) of an application's settings files, so that an editor completes and checks the section <c>Ports</c>.</summary>
/// <remarks>
/// It rejects nothing that the build accepts, except an unknown key without a value (null, an empty object) and a development port that no environment uses.
/// It can't check values together: a range that ends before it starts or doesn't contain its port, or ports that collide.
/// </remarks>
internal static class SettingsSchemaWriter
{
    // No web page embeds the file: don't escape non-ASCII letters.
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(IReadOnlyList<DeclaredPort> ports)
    {
        var names = new ServiceNames(ports);
        var settings = PortSetting.Globals.Select(static s => (s.Key, SettingsSchema.Of(s)))
            .Concat(ports.GroupBy(static p => p.Name, StringComparer.OrdinalIgnoreCase).Select(g => (g.First().Name, OfPort(g.First(), names))));
        var section = Section("The ports of this application, and settings of all of them.", settings, isOptional: false);

        // The configuration splits keys at colons: "echo:Port" is accepted, but not completed.
        section["patternProperties"]![":"] = true;
        var schema = Section("Settings files of this application.", [(PortSetting.Section, section)], isOptional: false);
        schema.Remove("additionalProperties");
        schema["$schema"] = "http://json-schema.org/draft-07/schema#";
        var text = schema.ToJsonString(s_options).Replace("\r\n", "\n") + "\n";
        return Encoding.UTF8.GetBytes(text);
    }

    private static JsonObject OfPort(DeclaredPort port, ServiceNames names)
    {
        var dependsOn = string.Join(", ", names.NeededBy(port));
        var parts = new[]
        {
            $"Port of {ServiceNames.ClassOf(port)}",
            port.Port == 0 ? "no preferred port" : "preferred port " + port.Port.ToString(CultureInfo.InvariantCulture),
            port.Range is null ? "" : "range " + port.Range,
            port.DevelopmentPort == 0 ? "" : "in Development " + port.DevelopmentPort.ToString(CultureInfo.InvariantCulture),
            dependsOn.Length == 0 ? "" : "depends on " + dependsOn,
        };
        var section = Section(string.Join("; ", parts.Where(static p => p.Length > 0)), PortSetting.PerPort.Select(static s => (s.Key, SettingsSchema.Of(s))), isOptional: true);
        foreach (var property in port.Properties.Where(static p => p.Value is not null))
        {
            if (section["properties"]![property.Name] is JsonObject setting)
            {
                setting["default"] = property.Value switch
                {
                    int number => number,
                    bool flag => flag,
                    var text => text as string,
                };
            }
        }

        return section;
    }

    // Keys are case-insensitive. Only the documented spelling is completed; a pattern accepts the others.
    private static JsonObject Section(string description, IEnumerable<(string Key, JsonObject Schema)> settings, bool isOptional)
    {
        var (properties, patterns) = (new JsonObject(), new JsonObject());
        foreach (var (key, schema) in settings)
        {
            properties[key] = schema;
            patterns[AnyCase(key)] = schema.DeepClone();
        }

        return new JsonObject
        {
            ["description"] = description,
            ["type"] = isOptional ? new JsonArray("object", "null") : "object",
            ["properties"] = properties,
            ["patternProperties"] = patterns,
            ["additionalProperties"] = false,
        };
    }

    private static string AnyCase(string key) => "^" + string.Concat(key.Select(static c => char.IsLetter(c) ? $"[{char.ToUpperInvariant(c)}{char.ToLowerInvariant(c)}]" : c.ToString())) + "$";
}
