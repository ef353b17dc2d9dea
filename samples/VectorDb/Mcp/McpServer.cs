using System.Text.Json;
using System.Text.Json.Serialization;
using ModelContextProtocol;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Server;
using VectorDb.OAuth;
using VectorDb.Vectors;

namespace VectorDb.Mcp;

/// <summary>The store's tools over the Model Context Protocol (streamable HTTP), for holders of a token.</summary>
[PortService("mcp", Port = 8080, Range = "8080-8090", DependsOn = [typeof(OAuthServer)], HealthPath = "/health")]
internal sealed class McpServer(LocalAuthorizationServer authorization, ServiceAddresses addresses, PortManager ports) : WebPortService
{
    private const int MaxBody = 1024 * 1024;

    // A null is written: the tools' schemas promise every member.
    private static readonly JsonSerializerOptions s_json = new(McpJsonUtilities.DefaultOptions)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        AllowDuplicateProperties = false,
    };

    protected override void ConfigureBuilder(WebApplicationBuilder builder)
    {
        builder.Services.AddSharedSingleton<VectorStore>();
        builder.AddBearerTokens(authorization, addresses.Mcp!);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBodySize = MaxBody);
        builder.Services.AddAuthentication().AddMcp(options => options.Events.OnResourceMetadataRequest = context =>
        {
            context.ResourceMetadata = new ProtectedResourceMetadata
            {
                Resource = addresses.Mcp!.AbsoluteUri,
                AuthorizationServers = [.. new[] { addresses.OAuth }.OfType<Uri>().Select(static u => u.AbsoluteUri)],
                ScopesSupported = [.. Scopes.All],
            };
            return Task.CompletedTask;
        });
        builder.Services.AddMcpServer()

            // Without sessions there is nothing to lose in a restart, and no endless response that holds up the drain.
            .WithHttpTransport(static options => options.SessionMode = HttpServerSessionMode.Stateless)
            .WithTools<VectorTools>(s_json)
            .AddAuthorizationFilters()
            .WithRequestFilters(static filters => filters.AddCallToolFilter(ToolProblems.Answer));
    }

    protected override void Configure(WebApplication app)
    {
        app.Use(new OriginGuard(addresses, isLocal: ports.GetPort("mcp").Host == "localhost").CheckAsync);
        app.UseAuthentication();
        app.Use(new ToolScopes(app.Services.GetServices<McpServerTool>()).DemandAsync);
        app.UseAuthorization();
        app.MapMcp("/mcp").RequireAuthorization(Scopes.Read).WithMetadata(ProtectedResource.Of(addresses.Mcp!));
    }
}
