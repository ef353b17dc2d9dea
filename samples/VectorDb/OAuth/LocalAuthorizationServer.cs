using Microsoft.IdentityModel.Protocols;
using OpenIddict.Abstractions;

namespace VectorDb.OAuth;

/// <summary>What is to be known of the authorization server, from this process and not from whatever answers on a port: its address of now, its key.</summary>
internal sealed class LocalAuthorizationServer(ServiceAddresses addresses, SigningKey key) : IConfigurationManager<OpenIddictConfiguration>
{
    public Task<OpenIddictConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        Task.FromResult(new OpenIddictConfiguration { Issuer = addresses.OAuth, SigningKeys = { key.Key } });

    public void RequestRefresh()
    {
    }
}
