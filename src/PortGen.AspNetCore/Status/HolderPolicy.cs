using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PortGen.Status;

/// <summary>Who may see the processes that hold missed ports: everybody in Development, otherwise callers that satisfy a policy. Loopback is not authentication.</summary>
/// <param name="name">The name of the authorization policy; <see langword="null"/> for nobody.</param>
/// <param name="services">The application's container.</param>
/// <exception cref="InvalidOperationException">There is a policy, but no authorization.</exception>
internal sealed class HolderPolicy(string? name, IServiceProvider services)
{
    private readonly PolicyCheck? _policy = name is null ? null : new PolicyCheck(name, services);

    public ValueTask<bool> AllowsAsync(HttpContext context) =>
        context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment() ? ValueTask.FromResult(true)
        : _policy?.AllowsAsync(context) ?? ValueTask.FromResult(false);
}
