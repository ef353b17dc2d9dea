using System.Text.Json.Serialization;

namespace VectorDb.OAuth;

/// <summary>The body of a refusal (RFC 6749 section 5.2).</summary>
internal sealed record TokenError(string Error, [property: JsonPropertyName("error_description")] string Description);
