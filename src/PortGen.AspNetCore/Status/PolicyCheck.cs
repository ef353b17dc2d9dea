using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace PortGen.Status;

/// <summary>Asks an authorization policy of the application about a caller.</summary>
internal sealed class PolicyCheck
{
    private readonly string _name;

    /// <summary>Creates the check of an endpoint.</summary>
    /// <param name="name">The policy's name.</param>
    /// <param name="services">The application's container.</param>
    /// <exception cref="InvalidOperationException">The application has no authorization.</exception>
    public PolicyCheck(string name, IServiceProvider services)
    {
        if (services.GetService<IPolicyEvaluator>() is null)
        {
            throw new InvalidOperationException($"Policy '{name}' can't be asked, because the application has no authorization: call AddAuthorization.");
        }

        _name = name;
    }

    public async ValueTask<bool> AllowsAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var policy = await services.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync(_name).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"No authorization policy is named '{_name}'.");
        var evaluator = services.GetRequiredService<IPolicyEvaluator>();
        var authentication = await evaluator.AuthenticateAsync(policy, context).ConfigureAwait(false);

        // The request is the resource, as for an endpoint.
        return (await evaluator.AuthorizeAsync(policy, authentication, context, resource: context).ConfigureAwait(false)).Succeeded;
    }
}
