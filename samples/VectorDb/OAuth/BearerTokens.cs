using OpenIddict.Abstractions;
using OpenIddict.Validation.AspNetCore;
using static OpenIddict.Validation.OpenIddictValidationEvents;

namespace VectorDb.OAuth;

/// <summary>The check of bearer tokens, for the services that demand them.</summary>
internal static class BearerTokens
{
    /// <summary>Accepts the tokens of this application's authorization server for an audience; each scope is a policy.</summary>
    public static void AddBearerTokens(this WebApplicationBuilder builder, LocalAuthorizationServer server, Uri audience)
    {
        TransientKeys.Use(builder.Services);
        builder.Services.AddSingleton(server.Client);
        builder.Services.AddAuthentication(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
        builder.Services.AddOpenIddict().AddValidation(options =>
        {
            options.Configure(o => o.ConfigurationManager = server);
            options.AddAudiences(audience.AbsoluteUri);
            options.AddEventHandler<ValidateTokenContext>(static handler => handler.UseSingletonHandler<ClientCheck>().SetOrder(ClientCheck.Order));
            options.AddEventHandler<ProcessChallengeContext>(static handler =>
                handler.UseSingletonHandler<ChallengeDetails>().SetOrder(ChallengeDetails.Order));

            // A token in an address would end up in logs.
            options.UseAspNetCore().DisableAccessTokenExtractionFromQueryString().DisableAccessTokenExtractionFromBodyForm();
        });
        builder.Services.AddAuthorization(static options =>
        {
            foreach (var scope in Scopes.All)
            {
                options.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.HasScope(scope)));
            }
        });
    }
}
