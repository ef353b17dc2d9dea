using Microsoft.EntityFrameworkCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace VectorDb.OAuth;

/// <summary>The authorization server: client credentials (OAuth 2.1) for short-lived signed tokens.</summary>
[PortService("oauth", Port = 8081, Range = "8081-8091", HealthPath = "/oauth/health")]
internal sealed class OAuthServer(DataFolder folder, SigningKey key, ServiceAddresses addresses) : WebPortService
{
    protected override void ConfigureBuilder(WebApplicationBuilder builder)
    {
        builder.Services.AddSharedSingleton<ServiceAddresses>();
        builder.Services.AddSharedSingleton<CurrentClient>();
        TransientKeys.Use(builder.Services);
        builder.Services.AddDbContext<OAuthDatabase>(options => options.UseSqlite(folder.Database("oauth.db")).UseOpenIddict());
        builder.Services.AddHostedService<OAuthClient>();
        builder.Services.AddRateLimiter(TokenRequestLimit.Set);
        builder.Services.AddOpenIddict()
            .AddCore(static options => options.UseEntityFrameworkCore().UseDbContext<OAuthDatabase>())
            .AddServer(options =>
            {
                // The metadata names the first address of each, so no client's Host header is in it.
                var issuer = addresses.OAuth!;
                options.SetIssuer(issuer).AllowClientCredentialsFlow();
                options.SetTokenEndpointUris(new Uri(issuer, "oauth/token"), new Uri("oauth/token", UriKind.Relative));
                ServerMetadata.Complete(options, issuer);
                options.SetJsonWebKeySetEndpointUris(new Uri(issuer, ".well-known/jwks"), new Uri(".well-known/jwks", UriKind.Relative));

                options.SetAccessTokenLifetime(TokenLifetime.Of(builder.Configuration));
                options.RegisterScopes(Scopes.All);

                // Anyone may check a token with the public key. What would be encrypted (codes, refresh tokens) isn't issued.
                options.AddSigningKey(key.Key).AddEphemeralEncryptionKey().DisableAccessTokenEncryption();

                // A token is good until it expires or the client changes, so none needs to be remembered.
                options.DisableTokenStorage().DisableAuthorizationStorage();

                // The resources are the addresses of now, which the handler knows.
                options.DisableResourceValidation().IgnoreResourcePermissions();
                options.AddEventHandler<HandleTokenRequestContext>(static handler => handler.UseSingletonHandler<TokenRequestHandler>());

                // The port is on the loopback interface; outside, a proxy ends TLS.
                options.UseAspNetCore().DisableTransportSecurityRequirement().SuppressJsonResponseIndentation();
            });
    }

    protected override void Configure(WebApplication app)
    {
        app.UseRateLimiter();
        app.UseAuthentication();
        app.MapGet(ServerMetadata.AuthorizationPath, ServerMetadata.RefuseAuthorization);
    }
}
