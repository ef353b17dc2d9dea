using System.Text;
using System.Text.Json;

namespace PortGen.Tasks;

/// <summary>Writes an application's ports as JSON, for tools that are not .NET: <c>{AssemblyName}.ports.json</c>.</summary>
internal static class ManifestWriter
{
    public static byte[] Write(IReadOnlyList<DeclaredPort> ports)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("ports");
            foreach (var port in ports)
            {
                Write(json, port);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var text = Encoding.UTF8.GetString(buffer.ToArray()).Replace("\r\n", "\n") + "\n";
        return Encoding.UTF8.GetBytes(text);
    }

    private static void Write(Utf8JsonWriter json, DeclaredPort port)
    {
        json.WriteStartObject();
        json.WriteString("name", port.Name);
        json.WriteString("service", port.Service);
        json.WriteString("type", port.TypeName);
        json.WriteNumber("port", port.Port);
        json.WriteString("range", port.Range);
        json.WriteString("host", port.Host);
        json.WriteBoolean("required", port.Required);
        json.WriteString("healthPath", port.HealthPath);
        json.WriteStartArray("dependsOn");
        foreach (var name in port.DependsOn)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
