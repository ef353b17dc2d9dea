using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using VectorDb.Vectors;

namespace VectorDb.Mcp;

/// <summary>Answers what the store refuses as a tool's error, with the reason: a model can do better then.</summary>
internal static class ToolProblems
{
    public static McpRequestHandler<CallToolRequestParams, CallToolResult> Answer(McpRequestHandler<CallToolRequestParams, CallToolResult> next) =>
        async (request, cancellationToken) =>
        {
            try
            {
                return await next(request, cancellationToken);
            }
            catch (VectorException e)
            {
                return Error(e.Message);
            }
            catch (Exception e) when (e is JsonException or ArgumentException)
            {
                return Error($"The arguments don't fit the input schema of {request.Params.Name}.");
            }
        };

    private static CallToolResult Error(string message) => new() { IsError = true, Content = [new TextContentBlock { Text = message }] };
}
