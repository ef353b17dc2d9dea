using System.Text.Json.Serialization;

namespace PortGen;

/// <summary>A port in the status document.</summary>
public sealed record PortStatusEntry
{
    /// <inheritdoc cref="PortStatus.Name"/>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <inheritdoc cref="PortStatus.Service"/>
    [JsonPropertyName("service")]
    public required string Service { get; init; }

    /// <inheritdoc cref="PortStatus.Port"/>
    [JsonPropertyName("port")]
    public required int? Port { get; init; }

    /// <inheritdoc cref="PortStatus.PreferredPort"/>
    [JsonPropertyName("preferredPort")]
    public required int PreferredPort { get; init; }

    /// <summary>The numbers that are allowed, <c>first-last</c>; <see langword="null"/> where the system chooses.</summary>
    [JsonPropertyName("range")]
    public required string? Range { get; init; }

    /// <inheritdoc cref="PortStatus.Host"/>
    [JsonPropertyName("host")]
    public required string Host { get; init; }

    /// <summary><c>pending</c>, <c>bound</c>, <c>serving</c>, <c>draining</c>, <c>failed</c> or <c>released</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <inheritdoc cref="PortStatus.IsFallback"/>
    [JsonPropertyName("fallback")]
    public required bool Fallback { get; init; }

    /// <inheritdoc cref="PortStatus.Url"/>
    [JsonPropertyName("url")]
    public required string? Url { get; init; }

    /// <inheritdoc cref="PortStatus.PublicUrl"/>
    [JsonPropertyName("publicUrl")]
    public required string? PublicUrl { get; init; }

    /// <inheritdoc cref="PortStatus.ExternalPort"/>
    [JsonPropertyName("externalPort")]
    public required int? ExternalPort { get; init; }

    /// <inheritdoc cref="PortStatus.AllocatedAt"/>
    [JsonPropertyName("allocatedAt")]
    public required DateTimeOffset? AllocatedAt { get; init; }

    /// <inheritdoc cref="PortStatus.BindAttempts"/>
    [JsonPropertyName("bindAttempts")]
    public required int BindAttempts { get; init; }

    /// <summary>Who held the preferred port when it was missed; <see langword="null"/> also where the caller may not know.</summary>
    [JsonPropertyName("heldBy")]
    public required string? HeldBy { get; init; }
}
