using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using PortGen.Tests.Support;

namespace PortGen.Tests.VectorDb;

/// <summary>The sample where others hold its ports.</summary>
public sealed class ConflictTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task With_8080_held_only_mcp_moves_to_a_port_that_nobody_prefers_and_clients_find_it()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var holder = await network.RunAsync(static () => FreePorts.Occupy(8080));
        await using var app = await VectorDbApp.StartAsync(network, _folder);
        var status = await app.StatusAsync();
        Assert.Equal((8083, 8080, true), Place(status["mcp"]));
        Assert.Equal((8081, 8081, false), Place(status["oauth"]));
        Assert.Equal((8082, 8082, false), Place(status["rest"]));
        await AssertServesAsync(app);
    }

    [Fact]
    public async Task With_all_three_ports_held_all_serve_elsewhere_and_find_each_other()
    {
        LongTests.SkipUnlessMiddle();
        await using var network = await TestNetwork.CreateAsync();
        using var first = await network.RunAsync(static () => FreePorts.Occupy(8080));
        using var second = await network.RunAsync(static () => FreePorts.Occupy(8081));
        using var third = await network.RunAsync(static () => FreePorts.Occupy(8082));
        await using var app = await VectorDbApp.StartAsync(network, _folder);
        var ports = (await app.StatusAsync()).Values.Select(Place).ToList();
        Assert.All(ports, static p => Assert.True(p is { Fallback: true, Port: >= 8083 and <= 8085 }, p.ToString()));
        Assert.Equal(3, ports.Distinct().Count());
        await AssertServesAsync(app);
    }

    [Fact]
    public async Task Who_holds_the_port_of_the_authorization_server_is_never_asked_and_its_tokens_are_refused()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var impostor = await network.RunAsync(static () => FreePorts.Occupy(8081));
        await using var app = await VectorDbApp.StartAsync(network, _folder);
        Assert.NotEqual(8081, app.PortOf("oauth"));

        using var key = RSA.Create(2048);
        await app.RestAsync("stores", (await AccessToken.LikeThoseOfAsync(app)).Sign(key)).AssertRefusedAsync(HttpStatusCode.Unauthorized, "error=\"invalid_token\"");
        var metadata = await app.Http.GetAsync($"{await app.FindAsync("mcp")}/.well-known/oauth-protected-resource/mcp", TestContext.Current.CancellationToken);
        Assert.Equal(await app.FindAsync("oauth") + "/", (await metadata.ReadAsync()).GetProperty("authorization_servers")[0].GetString());
        await AssertServesAsync(app);
        Assert.False(impostor.Poll(0, SelectMode.SelectRead), "somebody has connected to the impostor");
    }

    [Fact]
    public async Task In_a_container_no_service_moves()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var holder = await network.RunAsync(static () => FreePorts.Occupy(8080));
        await using var app = await network.RunAsync(() => AppProcess.VectorDb(
            ["--Ports:BindTimeout=0"], [.. VectorDbApp.Client(_folder), ("DOTNET_RUNNING_IN_CONTAINER", "true")]));
        Assert.Equal(PortExitCode.PortUnavailable, await app.WaitForExitAsync());
        Assert.Contains("PG3001: No port available for 'mcp': port 8080 on * was tried", app.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_authorization_server_may_have_one_port_only_and_that_is_held_nothing_starts_and_the_holder_is_told()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var impostor = await network.RunAsync(static () => FreePorts.Occupy(8081));
        string[] args = ["--Ports:oauth:Port=8081", "--Ports:BindTimeout=0"];
        await using var app = await HolderSearch.FinishedAsync(
            () => network.RunAsync(() => AppProcess.VectorDb(args, VectorDbApp.Client(_folder))), static a => a.WaitForExitAsync());
        Assert.Equal(PortExitCode.PortUnavailable, await app.WaitForExitAsync());
        Assert.Contains("PG3001: No port available for 'oauth'", app.Errors, StringComparison.Ordinal);
        Assert.Matches($@"; 8081 in use by \S+ \(pid {Environment.ProcessId}\b", app.Errors);
        Assert.DoesNotContain(" serves on port ", app.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static (int Port, int Requested, bool Fallback) Place(JsonElement port) =>
        (port.GetProperty("port").GetInt32(), port.GetProperty("preferredPort").GetInt32(), port.GetProperty("fallback").GetBoolean());

    private static async Task AssertServesAsync(VectorDbApp app)
    {
        var token = await app.TokenAsync();
        await app.RestAsync("stores", token, """{"name":"moved"}""").ReadAsync(HttpStatusCode.Created);
        await using var client = await app.McpAsync(await app.TokenAsync(("resource", await app.FindAsync("mcp") + "/mcp")));
        var synced = await client.CallToolAsync("sync_store", new Dictionary<string, object?> { ["store"] = "moved" }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEqual(true, synced.IsError);
    }
}
