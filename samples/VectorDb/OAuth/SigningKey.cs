using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace VectorDb.OAuth;

/// <summary>
/// The key that signs tokens, made at the first start. The other services check tokens with this object, so nothing that answers on a port can
/// pass itself off as the authorization server.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    // The shortest that is still approved (NIST SP 800-57), and what RS256 demands (RFC 7518 section 3.3).
    private const int Bits = 2048;

    private readonly RSA _rsa = RSA.Create();

    /// <exception cref="InvalidOperationException">The file is there and no such key.</exception>
    public SigningKey(DataFolder folder)
    {
        var file = folder.ReadOrCreate("signing-key.pem", static () =>
        {
            using var key = RSA.Create(Bits);
            return key.ExportPkcs8PrivateKeyPem();
        });
        Import(file);
        Key = new RsaSecurityKey(_rsa);
        Key.KeyId = Base64UrlEncoder.Encode(Key.ComputeJwkThumbprint());
    }

    public RsaSecurityKey Key { get; }

    public void Dispose() => _rsa.Dispose();

    private void Import(PrivateFile file)
    {
        try
        {
            _rsa.ImportFromPem(file.Content);
            _ = _rsa.ExportParameters(includePrivateParameters: true);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw Refused(file, "is not a private RSA key in PEM format", e);
        }

        if (_rsa.KeySize < Bits)
        {
            throw Refused(file, $"is a key of {_rsa.KeySize} bits, and one of fewer than {Bits} can be broken", null);
        }
    }

    private static InvalidOperationException Refused(PrivateFile file, string reason, Exception? cause) =>
        new($"{file.Path} {reason}. Delete it, and a new one is created; tokens issued before become invalid", cause);
}
