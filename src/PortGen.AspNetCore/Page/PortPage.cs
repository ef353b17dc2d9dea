using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortGen.Status;

namespace PortGen.Page;

/// <summary>Answers with a page that shows all ports. It needs nothing from elsewhere, and no script to be read; with its script, it fetches itself anew.</summary>
internal sealed class PortPage(HolderPolicy holders)
{
    private static readonly string s_style = PageResource.Read("ports.css");
    private static readonly string s_script = PageResource.Read("ports.js");

    public async Task AnswerAsync(HttpContext context)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        context.Response.ContentType = "text/html; charset=utf-8";
        var environment = context.RequestServices.GetRequiredService<IHostEnvironment>();
        var view = new PageView(
            context.RequestServices.GetRequiredService<PortRegistry>().Ports, await holders.AllowsAsync(context).ConfigureAwait(false), DateTimeOffset.UtcNow);
        await context.Response.WriteAsync(Render(environment, view, nonce), context.RequestAborted).ConfigureAwait(false);
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
