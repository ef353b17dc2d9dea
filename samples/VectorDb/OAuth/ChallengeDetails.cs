using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using OpenIddict.Validation;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Validation.OpenIddictValidationEvents;

namespace VectorDb.OAuth;

/// <summary>
/// Tells a refused client what to do, in <c>WWW-Authenticate</c>: the scopes that the request needs (RFC 6750 section 3), and where the endpoint's
/// metadata is, if it has some (RFC 9728 section 5.1).
/// </summary>
internal sealed class ChallengeDetails : IOpenIddictValidationHandler<ProcessChallengeContext>
{
    public static int Order => OpenIddictValidationHandlers.AttachDefaultChallengeError.Descriptor.Order + 1;

    public ValueTask HandleAsync(ProcessChallengeContext context)
    {
        var endpoint = context.Transaction.GetHttpRequest()?.HttpContext.GetEndpoint();
        var demands = endpoint?.Metadata.GetOrderedMetadata<IAuthorizeData>() ?? [];
        IEnumerable<string> scopes = demands.Select(static a => a.Policy).OfType<string>().Distinct();
        var resource = endpoint?.Metadata.GetMetadata<ProtectedResource>();
        if (context.Response.Error == Errors.InsufficientAccess)
        {
            context.Response.Error = Errors.InsufficientScope;
            context.Response.ErrorDescription = "The token does not have the required scope.";
            context.Response.ErrorUri = null;
        }
        else if (resource is not null)
        {
            // Some programs ask for no more than they are told at first, and would never see a tool that needs more.
            scopes = Scopes.All;
        }

        context.Parameters[Parameters.Scope] = string.Join(' ', scopes);
        if (resource is not null)
        {
            context.Parameters["resource_metadata"] = resource.MetadataUrl.AbsoluteUri;
        }

        return default;
    }
}
