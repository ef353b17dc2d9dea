using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PortGen.Tasks;

/// <summary>Writes an application's ports as JSON, for tools that are not .NET: <c>{AssemblyName}.ports.json</c>, described by <c>ports.schema.json</c>.</summary>
internal static class ManifestWriter
{
    /// <summary>Where the schema can be had.</summary>
    public const string Schema = "https://raw.githubusercontent.com/portgen/portgen/main/src/PortGen.Tasks/ports.schema.json";

    // No page embeds the file: letters of any script stay as they are.
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(IReadOnlyList<EffectivePort> ports)
    {
        var names = ports.Select(static p => p.Declared).Where(static p => p.Name == p.Service)
            .GroupBy(static p => p.Type, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.First().Name, StringComparer.Ordinal);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteString("$schema", Schema);
            json.WriteStartArray("ports");
            foreach (var port in ports.OrderBy(static p => p.Declared.Name, StringComparer.Ordinal))
            {
                Write(json, port, names);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var text = Encoding.UTF8.GetString(buffer.ToArray()).Replace("\r\n", "\n") + "\n";
        return Encoding.UTF8.GetBytes(text);
    }

    private static void Write(Utf8JsonWriter json, EffectivePort port, Dictionary<string, string> names)
    {
        json.WriteStartObject();
        json.WriteString("name", port.Declared.Name);
        json.WriteString("service", port.Declared.Service);
        json.WriteString("type", port.Declared.Type.Replace("global::", "").Replace("@", ""));
        json.WriteNumber("port", port.Draft.Port.Value);
        json.WriteString("range", port.Draft.Range.Value?.Trim());
        json.WriteString("host", port.Host);
        json.WriteBoolean("required", port.Required);
        json.WriteString("healthPath", port.Draft.HealthPath);
        WriteNumber(json, "externalPort", port.ExternalPort);
        WriteNumber(json, "developmentPort", port.Draft.DevelopmentPort.Value is > 0 and var preferred ? preferred : null);
        json.WriteStartArray("dependsOn");
        foreach (var name in port.Declared.DependsOn.Where(names.ContainsKey).Select(t => names[t]).Distinct(StringComparer.Ordinal))
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
