using OpenIddict.Validation;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Validation.OpenIddictValidationEvents;

namespace VectorDb.OAuth;

/// <summary>Refuses tokens of a client or for a secret that is no more.</summary>
internal sealed class ClientCheck(CurrentClient client) : IOpenIddictValidationHandler<ValidateTokenContext>
{
    /// <summary>Last: what is right in every other respect.</summary>
    public const int Order = int.MaxValue;

    public ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal is { } token && !client.Has(token))
        {
            context.Reject(Errors.InvalidToken, "The client or its secret has changed since the token was issued: request a new one.");
        }

        return default;
    }
}
