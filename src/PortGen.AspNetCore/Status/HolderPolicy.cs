using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PortGen.Status;

/// <summary>Who may know the processes that hold missed ports: everybody in Development, elsewhere those whom a policy lets. Loopback is no authentication.</summary>
/// <param name="policy">The name of the authorization policy; <see langword="null"/> for nobody.</param>
internal sealed class HolderPolicy(string? policy)
{
    public async ValueTask<bool> AllowsAsync(HttpContext context)
    {
        if (context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            return true;
        }

        return policy is not null
            && (await context.RequestServices.GetRequiredService<IAuthorizationService>().AuthorizeAsync(context.User, policy).ConfigureAwait(false)).Succeeded;
    }
}
