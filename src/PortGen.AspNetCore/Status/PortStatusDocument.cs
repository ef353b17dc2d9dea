using System.Text.Json.Serialization;

namespace PortGen;

/// <summary>What the status endpoint answers.</summary>
public sealed record PortStatusDocument
{
    /// <summary><c>ok</c>: whoever answers is alive.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>The host environment, such as <c>Production</c>.</summary>
    [JsonPropertyName("environment")]
    public required string Environment { get; init; }

    /// <summary>Every port of the application.</summary>
    [JsonPropertyName("ports")]
    public required IReadOnlyList<PortStatusEntry> Ports { get; init; }
}
