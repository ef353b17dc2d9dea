using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_status_document_is_described()
    {
        var port = FreePorts.Block(1).First;
        await using var host = await WebHost.StartAsync([new PortDefinition("rest") { Port = port }], [new WebSetup(
            static app =>
            {
                app.MapOpenApi();
                app.MapPortStatus();
                app.MapPortHealth();
                app.MapPortPage();
            },
            static builder => builder.Services.AddOpenApi())]);
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        var path = Assert.Single(document.RootElement.GetProperty("paths").EnumerateObject());
        Assert.Equal("/api/ports/status", path.Name);
        var schema = path.Value.GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        Assert.Equal("#/components/schemas/PortStatusDocument", schema.GetProperty("$ref").GetString());
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        Assert.Equal(["status", "environment", "ports"], Properties(schemas.GetProperty("PortStatusDocument")));
        Assert.Equal(
            ["name", "service", "port", "preferredPort", "range", "host", "status", "fallback", "url", "publicUrl", "externalPort", "allocatedAt", "bindAttempts", "heldBy"],
            Properties(schemas.GetProperty("PortStatusEntry")));
    }

    private static IEnumerable<string> Properties(JsonElement schema) => schema.GetProperty("properties").EnumerateObject().Select(static p => p.Name);
}
