using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VectorDb.Vectors;

/// <summary>What the store accepts, whichever way it comes in.</summary>
internal static partial class VectorRules
{
    public const int MaxDimensions = 4096;
    public const int MaxResults = 1000;
    public const int MaxMetadata = 16 * 1024;

    public static void CheckName(string? name) => Check(name is not null && Name().IsMatch(name),
        "A store's name has 1 to 64 letters (a-z, A-Z), digits, '.', '_' and '-', and begins with a letter or digit.");

    public static void CheckId(string? id) => Check(id is { Length: >= 1 and <= 256 } && !id.Any(char.IsControl) && id.AsSpan().Trim().Length == id.Length,
        "A vector's id has 1 to 256 characters, none of them a control character, and no blank at its ends.");

    /// <summary>Its length, too, must be a number other than 0: a direction is what is compared.</summary>
    public static void CheckVector(float[]? vector)
    {
        Check(vector is { Length: >= 1 and <= MaxDimensions }, $"A vector has 1 to {MaxDimensions} numbers.");
        var length = TensorPrimitives.Norm<float>(vector);
        Check(float.IsFinite(length) && length > 0, "A vector's numbers are finite, not all 0, and neither so large nor so small that its length is no number.");
    }

    public static void CheckResults(int k) => Check(k is >= 1 and <= MaxResults, $"k is 1 to {MaxResults}.");

    /// <summary>The metadata as text.</summary>
    public static string? CheckMetadata(JsonObject? metadata)
    {
        var text = metadata?.ToJsonString();
        Check(text is null or { Length: <= MaxMetadata }, $"Metadata has at most {MaxMetadata} characters.");
        return text;
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
