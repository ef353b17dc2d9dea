using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using PortGen.Tests.Support;

namespace PortGen.Tests.VectorDb;

/// <summary>How the sample ends, and how it lives in a container.</summary>
public sealed class LifeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task SIGTERM_ends_it_with_exit_code_0_and_its_ports_free_though_clients_are_connected()
    {
        LongTests.SkipUnlessMiddle();
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await VectorDbApp.StartAsync(network, _folder);
        await using var client = await app.McpAsync(await app.TokenAsync());
        await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);

        app.Process.Signal(15);
        Assert.Equal(PortExitCode.Success, await app.Process.WaitForExitAsync());
        Assert.True(await network.RunAsync(static () => FreePorts.IsFree(8080) && FreePorts.IsFree(8081) && FreePorts.IsFree(8082)));
        Assert.Contains("rest has released port 8082", app.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_process_1_of_a_container_it_listens_on_all_interfaces_has_the_ports_of_the_variables_and_is_not_ready_while_it_drains()
    {
        Assert.SkipUnless(AppProcess.CanUnshare(), "namespaces can't be made here: unshare(1) is missing or not permitted");
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await VectorDbApp.StartAsync(network, () => AppProcess.VectorDbInNamespaces(
            [.. VectorDbApp.Client(_folder), ("DOTNET_RUNNING_IN_CONTAINER", "true"), ("REST_PORT", "9082"), ("REST_EXTERNAL_PORT", "80")]));
        Assert.Contains("rest holds port 9082 ([::]:9082)", app.Process.Output, StringComparison.Ordinal);
        Assert.Contains("oauth holds port 8081 ([::]:8081)", app.Process.Output, StringComparison.Ordinal);
        var rest = (await app.StatusAsync())["rest"];
        Assert.Equal((9082, 80), (rest.GetProperty("port").GetInt32(), rest.GetProperty("externalPort").GetInt32()));
        await app.RestAsync("stores", await app.TokenAsync(("resource", "http://localhost/api/v1"))).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await HealthAsync(app));

        app.Process.SignalChild(15);
        var whileDraining = HttpStatusCode.OK;
        while (whileDraining == HttpStatusCode.OK)
        {
            whileDraining = await HealthAsync(app);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, whileDraining);
        Assert.Equal(PortExitCode.Success, await app.Process.WaitForExitAsync());
    }

    [Fact]
    public async Task Behind_a_proxy_every_address_that_it_tells_is_the_public_one()
    {
        LongTests.SkipUnlessMiddle();
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await VectorDbApp.StartAsync(
            network, _folder, ("Ports__oauth__PublicUrl", "https://login.example.org"), ("Ports__mcp__PublicUrl", "https://example.org/vectors"));
        var server = await app.Http.GetFromJsonAsync<JsonElement>(
            "http://localhost:8081/.well-known/oauth-authorization-server", TestContext.Current.CancellationToken);
        Assert.Equal("https://login.example.org/", server.GetProperty("issuer").GetString());
        Assert.Equal("https://login.example.org/oauth/token", server.GetProperty("token_endpoint").GetString());
        Assert.Equal("https://login.example.org/.well-known/jwks", server.GetProperty("jwks_uri").GetString());

        await app.Http.PostAsJsonAsync("http://localhost:8080/mcp", new { }, TestContext.Current.CancellationToken)
            .AssertRefusedAsync(HttpStatusCode.Unauthorized, "\"https://example.org/.well-known/oauth-protected-resource/vectors/mcp\"");
        await using var client = await app.McpAsync(await app.TokenAsync(("resource", "https://example.org/vectors/mcp")));
        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<HttpStatusCode> HealthAsync(VectorDbApp app)
    {
        using var response = await app.Http.GetAsync("http://localhost:9082/api/health", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
