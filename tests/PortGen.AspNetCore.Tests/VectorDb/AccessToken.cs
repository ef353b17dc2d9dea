using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PortGen.Tests.VectorDb;

/// <summary>A token as the authorization server would issue it, to be made wrong in one respect at a time.</summary>
internal sealed class AccessToken
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
        ["jti"] = Guid.NewGuid().ToString(),
        ["scope"] = "vectors.read vectors.write",
    };

    public string Sign(RSA key)
    {
        var content = $"{Encode(JsonSerializer.SerializeToUtf8Bytes(Header))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(Claims))}";
        return $"{content}.{Encode(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
