using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace VectorDb.OAuth;

/// <summary>
/// The one client, and which secret it has: known once the authorization server has started. A token says both, so that a new secret or another client puts an end
/// to every token that was given before.
/// </summary>
internal sealed class CurrentClient
{
    private const string SecretClaim = "client_secret_id";

    private volatile Identity? _identity;

    /// <param name="id">The client's id.</param>
    /// <param name="secretHash">What is stored of its secret: salted, so another with every change.</param>
    public void Set(string id, string secretHash) =>
        _identity = new Identity(id, Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(secretHash)).AsSpan(0, 12).ToArray()));

    /// <summary>Writes into a token for whom it is.</summary>
    public void WriteTo(ClaimsIdentity token, string? clientId) => token
        .SetClaim(Claims.Subject, clientId)
        .SetClaim(SecretClaim, _identity?.Secret)
        .SetDestinations(static claim => claim.Type == SecretClaim ? [Destinations.AccessToken] : []);

    /// <summary>Whether a token was given to this client, for the secret that it has now.</summary>
    public bool Has(ClaimsPrincipal token) =>
        _identity is { } identity && token.GetClaim(Claims.Subject) == identity.Id && token.GetClaim(SecretClaim) == identity.Secret;

    private sealed record Identity(string Id, string Secret);
}
