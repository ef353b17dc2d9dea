using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PortGen.Status;

namespace PortGen.Page;

/// <summary>Starts, stops and restarts services from the page, for whom a policy lets, and only by a form of the page's own (antiforgery).</summary>
internal sealed class PageControl
{
    // The page itself may be what is stopped: the answer goes out before that, and says no more than that it has begun.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly PolicyCheck _policy;

    /// <summary>Creates the control of a page.</summary>
    /// <param name="policy">The authorization policy.</param>
    /// <param name="services">The application's container.</param>
    /// <exception cref="InvalidOperationException">The application has no authorization, or no antiforgery.</exception>
    public PageControl(string policy, IServiceProvider services)
    {
        _policy = new PolicyCheck(policy, services);
        if (services.GetService<IAntiforgery>() is null)
        {
            throw new InvalidOperationException("The page can't offer to stop services, because the application has no antiforgery: call AddAntiforgery.");
        }
    }

    /// <summary>What the page offers the caller; <see langword="null"/> for nothing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">The page's path.</param>
    public async ValueTask<PageForms?> OfferAsync(HttpContext context, string path)
    {
        if (!await _policy.AllowsAsync(context).ConfigureAwait(false))
        {
            return null;
        }

        var tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        return new PageForms(path, tokens.FormFieldName, tokens.RequestToken ?? "");
    }

    /// <summary>Does what the form asks for.</summary>
    /// <returns>Why it failed; <see langword="null"/> where it has succeeded or goes on.</returns>
    /// <exception cref="AntiforgeryValidationException">The request does not come from the page.</exception>
    /// <exception cref="KeyNotFoundException">There is no such service.</exception>
    public static async Task<string?> RunAsync(HttpContext context, string service, string operation)
    {
        await context.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context).ConfigureAwait(false);
        var manager = context.RequestServices.GetRequiredService<PortManager>();
        manager.GetPort(service);
        var run = operation switch
        {
            PageForms.Start => manager.StartServiceAsync(service),
            PageForms.Stop => manager.StopServiceAsync(service),
            _ => manager.RestartServiceAsync(service),
        };
        await Task.WhenAny(run, Task.Delay(s_patience)).ConfigureAwait(false);
        return run.IsFaulted ? run.Exception.InnerException!.Message : null;
    }
}
