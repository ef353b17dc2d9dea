using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortGen.Status;

namespace PortGen.Page;

/// <summary>Answers with a page that shows all ports. It loads nothing from other hosts, and works without scripts; its script refreshes it.</summary>
/// <param name="holders">Who may know the holders of missed ports.</param>
/// <param name="control">Who may start and stop services; <see langword="null"/> for nobody.</param>
internal sealed class PortPage(HolderPolicy holders, PageControl? control)
{
    private static readonly string s_style = PageResource.Read("ports.css");
    private static readonly string s_script = PageResource.Read("ports.js");

    /// <summary>Shows the page.</summary>
    public Task AnswerAsync(HttpContext context) => AnswerAsync(context, PathOf(context, below: 0), news: null);

    /// <summary>Does what one of the page's forms asks for, and shows the page again.</summary>
    public async Task ControlAsync(HttpContext context, string operation)
    {
        var service = (string)context.GetRouteValue("service")!;
        try
        {
            if (await PageControl.RunAsync(context, service, operation).ConfigureAwait(false) is { } failure)
            {
                context.Response.StatusCode = StatusCodes.Status409Conflict;
                await AnswerAsync(context, PathOf(context, below: 2), $"Could not {operation} {service}: {failure}").ConfigureAwait(false);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = PathOf(context, below: 2);
        }
        catch (AntiforgeryValidationException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (KeyNotFoundException)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task AnswerAsync(HttpContext context, string path, string? news)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var forms = control is null ? null : await control.OfferAsync(context, path).ConfigureAwait(false);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; "
            + $"base-uri 'none'; form-action {(forms is null ? "'none'" : "'self'")}; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        context.Response.ContentType = "text/html; charset=utf-8";
        var environment = context.RequestServices.GetRequiredService<IHostEnvironment>();
        var view = new PageView(
            context.RequestServices.GetRequiredService<PortRegistry>().Ports, await holders.AllowsAsync(context).ConfigureAwait(false), DateTimeOffset.UtcNow)
        {
            Forms = forms,
            News = news,
        };
        await context.Response.WriteAsync(Render(environment, view, nonce), context.RequestAborted).ConfigureAwait(false);
    }

    private static string PathOf(HttpContext context, int below)
    {
        var path = (context.Request.PathBase + context.Request.Path).Value!.TrimEnd('/');
        for (; below > 0; below--)
        {
            path = path[..path.LastIndexOf('/')];
        }

        return path;
    }

    private static string Render(IHostEnvironment environment, PageView view, string nonce) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{view.TitlePrefix}Ports of {HtmlEncoder.Default.Encode(environment.ApplicationName)}</title>
        <style nonce="{nonce}">
        {s_style}</style>
        </head>
        <body>
        {PageBody.Render(view, environment.ApplicationName, environment.EnvironmentName)}
        <script nonce="{nonce}">
        {s_script}</script>
        </body>
        </html>

        """;
}
