using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PortGen.Status;

/// <summary>Who may know the processes that hold missed ports: everybody in Development, elsewhere those whom a policy lets. Loopback is no authentication.</summary>
internal sealed class HolderPolicy
{
    private readonly string? _name;

    /// <summary>Creates the policy of an endpoint.</summary>
    /// <param name="name">The name of the authorization policy; <see langword="null"/> for nobody.</param>
    /// <param name="services">The application's container.</param>
    /// <exception cref="InvalidOperationException">There is a policy, but no authorization.</exception>
    public HolderPolicy(string? name, IServiceProvider services)
    {
        if (name is not null && services.GetService<IPolicyEvaluator>() is null)
        {
            throw new InvalidOperationException($"The policy '{name}' shall decide who may know the holders of missed ports, but the application has no authorization: call AddAuthorization.");
        }

        _name = name;
    }

    public async ValueTask<bool> AllowsAsync(HttpContext context)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            return true;
        }

        if (_name is null)
        {
            return false;
        }

        var policy = await services.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync(_name).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"No authorization policy is named '{_name}'.");
        var evaluator = services.GetRequiredService<IPolicyEvaluator>();
        var authentication = await evaluator.AuthenticateAsync(policy, context).ConfigureAwait(false);
        return (await evaluator.AuthorizeAsync(policy, authentication, context, resource: null).ConfigureAwait(false)).Succeeded;
    }
}
