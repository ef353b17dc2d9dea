using System.Text.Json.Serialization;
using VectorDb.OAuth;
using VectorDb.Vectors;

namespace VectorDb.Rest;

/// <summary>The REST API, and what the application tells of itself: status, health, the page of its ports.</summary>
[PortService("rest", Port = 8082, Range = "8082-8092", DependsOn = [typeof(OAuthServer)], HealthPath = "/api/health")]
internal sealed class RestApiServer(LocalAuthorizationServer authorization, ServiceAddresses addresses) : WebPortService
{
    private const int MaxBody = 1024 * 1024;

    protected override void ConfigureBuilder(WebApplicationBuilder builder)
    {
        builder.Services.AddSharedSingleton<VectorStore>();
        builder.AddBearerTokens(authorization, addresses.Rest!);
        builder.Services.AddHealthChecks().AddCheck<StorageHealth>("storage");
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<VectorProblems>();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBodySize = MaxBody);

        // A body that can't be read is answered like everything else that is refused.
        builder.Services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(static options =>
        {
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.AllowDuplicateProperties = false;
        });
    }

    protected override void Configure(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapStores();
        app.MapPortStatus();
        app.MapPortHealth("/api/health");
        app.MapPortPage();
    }
}
