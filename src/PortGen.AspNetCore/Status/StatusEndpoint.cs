using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PortGen.Status;

/// <summary>Answers with the present status of all ports.</summary>
internal sealed class StatusEndpoint(HolderPolicy holders)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var document = Describe(
            context.RequestServices.GetRequiredService<PortRegistry>().Ports,
            context.RequestServices.GetRequiredService<IHostEnvironment>().EnvironmentName,
            await holders.AllowsAsync(context).ConfigureAwait(false));
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(context.Response.Body, document, PortStatusJson.Default.PortStatusDocument, context.RequestAborted).ConfigureAwait(false);
    }

    private static PortStatusDocument Describe(IReadOnlyList<PortStatus> ports, string environment, bool showHolders) => new()
    {
        Status = new PortSummary(ports).Status,
        Environment = environment,
        Ports = [.. ports.Select(p => new PortStatusEntry
        {
            Range = p.Range?.ToString(),
            Name = p.Name,
            Service = p.Service,
            Port = p.Port,
            PreferredPort = p.PreferredPort,
            Host = p.Host,
            Status = StateNames.Of(p.State),
            Fallback = p.IsFallback,
            Url = p.Url,
            PublicUrl = p.PublicUrl,
            ExternalPort = p.ExternalPort,
            AllocatedAt = p.AllocatedAt,
            BindAttempts = p.BindAttempts,
            HeldBy = showHolders ? p.HeldBy : null,
        })],
    };
}
