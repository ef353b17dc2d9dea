using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace VectorDb.OAuth;

/// <summary>What clients demand of the server's metadata (RFC 8414 section 2), and no more than what there is.</summary>
internal static class ServerMetadata
{
    /// <summary>There is no user here to authorize anything. Clients of the Model Context Protocol demand the member all the same, so it leads to a place that says so.</summary>
    public const string AuthorizationPath = "/oauth/authorize";

    public static void Complete(OpenIddictServerBuilder options, Uri issuer)
    {
        options.Configure(static o =>
        {
            // A client proves itself by its secret alone. "openid" is for who signs in.
            o.ClientAuthenticationMethods.Remove(ClientAuthenticationMethods.PrivateKeyJwt);
            o.Scopes.Remove(OpenIddict.Abstractions.OpenIddictConstants.Scopes.OpenId);
        });
        options.AddEventHandler<ApplyConfigurationResponseContext>(handler => handler.UseInlineHandler(context =>
        {
            context.Response.AddParameter(Metadata.AuthorizationEndpoint, new Uri(issuer, AuthorizationPath.TrimStart('/')).AbsoluteUri);

            // None. Setting it would leave an empty one out.
            context.Response.AddParameter(Metadata.ResponseTypesSupported, new JsonArray());
            return default;
        }).SetOrder(int.MinValue));
    }

    public static JsonHttpResult<TokenError> RefuseAuthorization() => TypedResults.Json(
        new TokenError(Errors.UnsupportedResponseType, "Only the client credentials grant is supported: use the token endpoint."), statusCode: StatusCodes.Status400BadRequest);
}
