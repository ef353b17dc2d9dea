using Microsoft.IdentityModel.Protocols;
using OpenIddict.Abstractions;

namespace VectorDb.OAuth;

/// <summary>
/// What is to be known of the authorization server, its address of now, its key and its client: from this process, not from whatever answers on a port.
/// </summary>
internal sealed class LocalAuthorizationServer(ServiceAddresses addresses, SigningKey key, CurrentClient client) : IConfigurationManager<OpenIddictConfiguration>
{
    /// <summary>Whose tokens are good.</summary>
    public CurrentClient Client => client;

    public Task<OpenIddictConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        Task.FromResult(new OpenIddictConfiguration { Issuer = addresses.OAuth, SigningKeys = { key.Key } });

    public void RequestRefresh()
    {
    }
}
