namespace VectorDb.OAuth;

/// <summary>What a token allows. The names of the scopes are also those of the policies that demand them.</summary>
internal static class Scopes
{
    public const string Read = "vectors.read";

    public const string Write = "vectors.write";

    public static readonly string[] All = [Read, Write];
}
