using System.Text;
using System.Text.Json;
using PortGen.Binding;

namespace PortGen.Instances;

/// <summary>
/// The messages of a hand-over, a line of JSON each. The newcomer asks (<c>take-over</c>), the predecessor answers with its ports (<c>ports</c>, in several lines
/// where there are many sockets) or declines (<c>busy</c>). When its services have started the newcomer says <c>ready</c>, and the predecessor alone decides:
/// <c>committed</c> or <c>refused</c>. Until then nothing has changed for it. Then the connection stays open: its end is the end of the predecessor.
/// </summary>
internal static class HandOverMessage
{
    public const string TakeOver = "take-over";
    public const string Ports = "ports";
    public const string Busy = "busy";
    public const string Ready = "ready";
    public const string Committed = "committed";
    public const string Refused = "refused";

    /// <summary>Of another version nothing is known: it is declined.</summary>
    public const int Version = 1;

    /// <summary>Writes a message.</summary>
    /// <param name="kind">One of the constants.</param>
    /// <param name="text">The application's id in a request, the reason in <see cref="Busy"/> and <see cref="Refused"/>.</param>
    /// <param name="ports">The ports of <see cref="Ports"/>.</param>
    /// <param name="hasMore">Whether another message with ports follows.</param>
    public static string Write(string kind, string? text = null, IEnumerable<HandedPort>? ports = null, bool hasMore = false)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("message", kind);
            if (text is not null)
            {
                json.WriteString("text", text);
            }

            if (ports is not null)
            {
                HandedPort.Write(json, ports);
                json.WriteBoolean("more", hasMore);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">It is none, or of another version.</exception>
    public static (string Kind, string? Text, JsonElement Json) Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement.Clone();
        return json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) && number == Version
            && json.TryGetProperty("message", out var kind) && kind.ValueKind == JsonValueKind.String
            ? (kind.GetString()!, json.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null, json)
            : throw new JsonException("This is not a message of this version.");
    }
}
