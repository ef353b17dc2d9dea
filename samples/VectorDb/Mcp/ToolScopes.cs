using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace VectorDb.Mcp;

/// <summary>
/// Makes a tool's scope a demand of the request that calls it, so that a token without it is refused as everywhere in HTTP, with 403 and the scopes that it needs
/// (Model Context Protocol, "Insufficient scope"): the server itself would answer 200 with an error that no client asks for a better token at.
/// </summary>
internal sealed class ToolScopes(IEnumerable<McpServerTool> tools)
{
    private readonly Dictionary<string, IAuthorizeData[]> _demands = tools.ToDictionary(
        static t => t.ProtocolTool.Name, static t => t.Metadata.OfType<IAuthorizeData>().ToArray(), StringComparer.Ordinal);

    public async Task DemandAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsPost(context.Request.Method) && context.GetEndpoint() is RouteEndpoint endpoint
            && _demands.GetValueOrDefault(await ReadToolAsync(context) ?? "") is { } demands)
        {
            var builder = new RouteEndpointBuilder(endpoint.RequestDelegate, endpoint.RoutePattern, endpoint.Order) { DisplayName = endpoint.DisplayName };
            foreach (var item in endpoint.Metadata.Concat(demands))
            {
                builder.Metadata.Add(item);
            }

            context.SetEndpoint(builder.Build());
        }

        await next(context);
    }

    // What can't be read is the server's to answer, which checks the scopes once more.
    private static async Task<string?> ReadToolAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            return body.RootElement is { ValueKind: JsonValueKind.Object } call
                && call.TryGetProperty("method", out var method) && method.ValueKind == JsonValueKind.String && method.ValueEquals(RequestMethods.ToolsCall)
                && call.TryGetProperty("params", out var parameters) && parameters.ValueKind == JsonValueKind.Object
                && parameters.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
                    ? name.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            context.Request.Body.Position = 0;
        }
    }
}
