using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace VectorDb.OAuth;

/// <summary>
/// The key that signs tokens, made at the first start. The other services check tokens with this object, so nothing that answers on a port can
/// pass itself off as the authorization server.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    private readonly RSA _rsa = RSA.Create();

    public SigningKey(DataFolder folder)
    {
        _rsa.ImportFromPem(folder.ReadOrCreate("signing-key.pem", static () =>
        {
            using var key = RSA.Create(2048);
            return key.ExportPkcs8PrivateKeyPem();
        }));
        Key = new RsaSecurityKey(_rsa);
        Key.KeyId = Base64UrlEncoder.Encode(Key.ComputeJwkThumbprint());
    }

    public RsaSecurityKey Key { get; }

    public void Dispose() => _rsa.Dispose();
}
