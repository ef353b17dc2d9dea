using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PortGen.Tests.VectorDb;

/// <summary>A token as the authorization server would issue it, to be made wrong in one respect at a time.</summary>
internal sealed class AccessToken(string secretId)
{
    public JsonObject Header { get; } = new() { ["alg"] = "RS256", ["typ"] = "at+jwt" };

    public JsonObject Claims { get; } = new()
    {
        ["iss"] = "http://localhost:8081/",
        ["aud"] = "http://localhost:8082/api/v1",
        ["exp"] = DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeSeconds(),
        ["iat"] = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds(),
        ["sub"] = "tests",
        ["client_id"] = "tests",
        ["client_secret_id"] = secretId,
        ["jti"] = Guid.NewGuid().ToString(),
        ["scope"] = "vectors.read vectors.write",
    };

    /// <summary>A token as this application gives one, for the secret that the client has.</summary>
    public static async Task<AccessToken> LikeThoseOfAsync(VectorDbApp app)
    {
        var given = JsonSerializer.Deserialize<JsonElement>(System.Buffers.Text.Base64Url.DecodeFromChars((await app.TokenAsync()).Split('.')[1]));
        return new AccessToken(given.GetProperty("client_secret_id").GetString()!);
    }

    public string Sign(RSA key)
    {
        var content = $"{Encode(JsonSerializer.SerializeToUtf8Bytes(Header))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(Claims))}";
        return $"{content}.{Encode(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
