using System.Text.Json.Serialization;

namespace PortGen;

/// <summary>What the status endpoint answers.</summary>
public sealed record PortStatusDocument
{
    /// <summary>
    /// How the ports are, all together: <c>ok</c> where each is served; <c>starting</c> while one is not yet; <c>degraded</c> where one has failed, was left out or stopped
    /// and others are served; <c>stopping</c> from the drain on; <c>failed</c> where none is served.
    /// </summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>The host environment, such as <c>Production</c>.</summary>
    [JsonPropertyName("environment")]
    public required string Environment { get; init; }

    /// <summary>Every port of the application.</summary>
    [JsonPropertyName("ports")]
    public required IReadOnlyList<PortStatusEntry> Ports { get; init; }
}
