using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PortGen.AspNetCore.Tests.Support;

internal static class Certificates
{
    /// <summary>A certificate for localhost that nobody has signed but itself.</summary>
    public static X509Certificate2 New()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
