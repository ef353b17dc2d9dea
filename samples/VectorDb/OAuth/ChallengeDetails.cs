using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using OpenIddict.Validation;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Validation.OpenIddictValidationEvents;

namespace VectorDb.OAuth;

/// <summary>
/// Tells a refused client what to do, in <c>WWW-Authenticate</c>: the scope that it lacks (RFC 6750 section 3.1), and where the endpoint's
/// metadata is, if it has some (RFC 9728 section 5.1).
/// </summary>
internal sealed class ChallengeDetails : IOpenIddictValidationHandler<ProcessChallengeContext>
{
    public static int Order => OpenIddictValidationHandlers.AttachDefaultChallengeError.Descriptor.Order + 1;

    public ValueTask HandleAsync(ProcessChallengeContext context)
    {
        var endpoint = context.Transaction.GetHttpRequest()?.HttpContext.GetEndpoint();
        if (context.Response.Error == Errors.InsufficientAccess)
        {
            context.Response.Error = Errors.InsufficientScope;
            context.Response.ErrorDescription = "The token lacks a scope.";
            context.Response.ErrorUri = null;
            context.Response.Scope = string.Join(' ', endpoint?.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(static a => a.Policy).OfType<string>() ?? []);
        }

        if (endpoint?.Metadata.GetMetadata<ProtectedResource>() is { } resource)
        {
            context.Parameters["resource_metadata"] = resource.MetadataUrl.AbsoluteUri;
        }

        return default;
    }
}
