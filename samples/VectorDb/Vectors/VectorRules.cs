using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VectorDb.Vectors;

/// <summary>What the store accepts, whichever way it comes in.</summary>
internal static partial class VectorRules
{
    public const int MaxDimensions = 4096;
    public const int MaxResults = 1000;
    public const int MaxMetadata = 16 * 1024;
    public const int MaxDepth = 32;

    private static readonly JsonDocumentOptions s_metadata = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    public static void CheckName(string? name) => Check(name is not null && Name().IsMatch(name),
        "A store's name has 1 to 64 letters (a-z, A-Z), digits, '.', '_' and '-', and begins with a letter or digit.");

    public static void CheckId(string? id) => Check(id is { Length: >= 1 and <= 256 } && !id.Any(char.IsControl) && id.Trim() == id,
        "A vector's id has 1 to 256 characters, none of them a control character, and no blank at its ends.");

    /// <summary>Its length, too, must be a number other than 0: a direction is what is compared.</summary>
    public static void CheckVector(float[]? vector)
    {
        Check(vector is { Length: >= 1 and <= MaxDimensions }, $"A vector has 1 to {MaxDimensions} numbers.");
        var length = TensorPrimitives.Norm<float>(vector);
        Check(float.IsFinite(length) && length > 0,
            "A vector's numbers are finite, not all 0, and neither so large nor so small that its length is not a number.");
    }

    public static void CheckResults(int k) => Check(k is >= 1 and <= MaxResults, $"k is 1 to {MaxResults}.");

    /// <summary>Metadata is a JSON object, and comes and goes as text.</summary>
    public static void CheckMetadata(string? text)
    {
        Check(text is null or { Length: <= MaxMetadata }, $"Metadata has at most {MaxMetadata} characters.");
        Check(text is null || ReadMetadata(text) is not null, $"Metadata is an object, nested at most {MaxDepth} deep, in which no name stands twice.");
    }

    /// <summary>Metadata of the database; <see langword="null"/> for what this version would not have stored: one such row must not break a search.</summary>
    public static JsonObject? ReadMetadata(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: s_metadata) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Check(bool isValid, string rule)
    {
        if (!isValid)
        {
            throw new VectorException(VectorProblem.Invalid, rule);
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}\z")]
    private static partial Regex Name();
}
