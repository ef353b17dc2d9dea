using System.Security.Claims;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace VectorDb.OAuth;

/// <summary>Decides what is in a token once the client has proved who it is: the scopes asked for, or all; the resources asked for, or all.</summary>
internal sealed class TokenRequestHandler(ServiceAddresses addresses, CurrentClient client) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        string[] resources = [.. new[] { addresses.Mcp, addresses.Rest }.OfType<Uri>().Select(static u => u.AbsoluteUri)];
        var requested = context.Request.GetResources();
        if (requested.Except(resources, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            context.Reject(Errors.InvalidTarget, $"Unknown resource '{unknown}'; the resources are {string.Join(" and ", resources)}.");
            return default;
        }

        var scopes = context.Request.GetScopes();
        var identity = new ClaimsIdentity("client_credentials");
        client.WriteTo(identity, context.ClientId);
        identity.SetScopes(scopes.IsEmpty ? [.. Scopes.All] : scopes);
        identity.SetResources(requested.IsEmpty ? [.. resources] : requested);
        context.SignIn(new ClaimsPrincipal(identity));
        return default;
    }
}
