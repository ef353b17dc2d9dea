using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace PortGen.Tests.VectorDb;

/// <summary>The MCP server as a client of the SDK uses it.</summary>
[Collection(nameof(SharedAppCollection))]
public sealed class McpTests(SharedApp shared)
{
    [Fact]
    public async Task A_client_lists_the_tools_and_calls_each()
    {
        var app = await shared.GetAsync();
        await using var client = await app.McpAsync(await app.TokenAsync());
        var tools = await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["create_store", "insert_vector", "search_vectors", "sync_store"], tools.Select(static t => t.Name).Order(StringComparer.Ordinal));

        await CallAsync(client, "create_store", new { name = "tools" });
        await CallAsync(client, "insert_vector", new { store = "tools", id = "a", vector = (float[])[1, 0], metadata = new { title = "first" } });
        await CallAsync(client, "insert_vector", new { store = "tools", id = "b", vector = (float[])[0, 1] });
        var titled = await CallAsync(client, "search_vectors", new { store = "tools", vector = (float[])[2, 0] });
        Assert.Equal("first", titled.GetProperty("results")[0].GetProperty("metadata").GetProperty("title").GetString());
        var found = await CallAsync(client, "search_vectors", new { store = "tools", vector = (float[])[0, 2], k = 1 });
        Assert.Equal("b", Assert.Single(found.GetProperty("results").EnumerateArray()).GetProperty("id").GetString());
        var synced = await CallAsync(client, "sync_store", new { store = "tools" });
        Assert.Equal((2, 2, true), (synced.GetProperty("vectors").GetInt32(), synced.GetProperty("dimensions").GetInt32(), synced.GetProperty("complete").GetBoolean()));
    }

    [Fact]
    public async Task Every_answer_has_what_the_tool_s_schema_promises()
    {
        var app = await shared.GetAsync();
        await using var client = await app.McpAsync(await app.TokenAsync());
        var tools = await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);
        await AssertPromisedAsync("create_store", new { name = "schema" });
        await AssertPromisedAsync("sync_store", new { store = "schema" });
        await AssertPromisedAsync("insert_vector", new { store = "schema", id = "a", vector = (float[])[1, 0] });
        var found = await AssertPromisedAsync("search_vectors", new { store = "schema", vector = (float[])[0, 1] });
        Assert.Equal(JsonValueKind.Null, found.GetProperty("results")[0].GetProperty("metadata").ValueKind);

        async Task<JsonElement> AssertPromisedAsync(string tool, object arguments)
        {
            var answer = await CallAsync(client, tool, arguments);
            var promised = tools.First(t => t.Name == tool).ReturnJsonSchema!.Value.GetProperty("required").EnumerateArray();
            Assert.All(promised, member => Assert.True(answer.TryGetProperty(member.GetString()!, out _), $"{tool} leaves {member} out"));
            return answer;
        }
    }

    [Fact]
    public async Task A_client_that_may_only_read_is_offered_the_search_alone_and_can_call_nothing_else()
    {
        var app = await shared.GetAsync();
        await using var client = await app.McpAsync(await app.TokenAsync(("scope", "vectors.read")));
        Assert.Equal("search_vectors", Assert.Single(await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken)).Name);
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(client, "create_store", new { name = "forbidden" }));
        Assert.Equal(HttpStatusCode.Forbidden, refusal.StatusCode);
    }

    [Theory]
    [InlineData("search_vectors", """{"store":"none","vector":[1]}""", "Store 'none' does not exist.")]
    [InlineData("search_vectors", """{"store":"none","vector":[0]}""", "A vector's numbers are finite")]
    [InlineData("search_vectors", """{"store":"none","vector":"x"}""", "The arguments don't fit the input schema of search_vectors.")]
    [InlineData("search_vectors", """{"store":"none"}""", "The arguments don't fit the input schema of search_vectors.")]
    [InlineData("create_store", """{"name":"a b"}""", "A store's name has")]
    public async Task What_is_wrong_with_a_call_is_said_to_the_model(string tool, string arguments, string reason)
    {
        var app = await shared.GetAsync();
        await using var client = await app.McpAsync(await app.TokenAsync());
        var result = await client.CallToolAsync(tool, JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments)!, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.IsError);
        Assert.Contains(reason, Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vectors.read", "tools/list", null, null)]
    [InlineData("vectors.read", "tools/call", "search_vectors", null)]
    [InlineData("vectors.read", "tools/call", "create_store", "vectors.read vectors.write")]
    [InlineData("vectors.read", "tools/call", "insert_vector", "vectors.read vectors.write")]
    [InlineData("vectors.read", "tools/call", "sync_store", "vectors.read vectors.write")]
    [InlineData("vectors.write", "tools/call", "create_store", "vectors.read vectors.write")]
    [InlineData("vectors.write", "tools/list", null, "vectors.read")]
    [InlineData("vectors.read", "tools/call", "no_tool", null)]
    public async Task A_call_that_needs_another_scope_is_refused_with_all_that_it_needs(string scope, string method, string? tool, string? needed)
    {
        var app = await shared.GetAsync();
        var body = JsonSerializer.Serialize(new { jsonrpc = "2.0", id = 1, method, @params = new { name = tool, arguments = new { } } });
        var answer = PostAsync(app, await app.TokenAsync(("scope", scope)), body);
        if (needed is null)
        {
            using var response = await answer;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        else
        {
            await answer.AssertRefusedAsync(HttpStatusCode.Forbidden, $"error=\"insufficient_scope\", error_description=\"The token does not have the required scope.\", scope=\"{needed}\"");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("1")]
    [InlineData("[]")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_store","arguments":{"name":"batch"}}}]""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":1}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_vectors","name":"create_store","arguments":{"name":"twice"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_store","name":"search_vectors","arguments":{"name":"twice"}}}""")]
    public async Task What_is_no_call_is_answered_and_no_way_round_the_scopes(string body)
    {
        var app = await shared.GetAsync();
        using var response = await PostAsync(app, await app.TokenAsync(("scope", "vectors.read")), body);
        Assert.InRange((int)response.StatusCode, 200, 499);
        await app.RestAsync("stores/batch", await app.TokenAsync()).AssertProblemAsync(HttpStatusCode.NotFound, "does not exist");
        await app.RestAsync("stores/twice", await app.TokenAsync()).AssertProblemAsync(HttpStatusCode.NotFound, "does not exist");
    }

    private static async Task<HttpResponseMessage> PostAsync(VectorDbApp app, string token, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, await app.FindAsync("mcp") + "/mcp");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, object arguments)
    {
        var values = JsonSerializer.Deserialize<Dictionary<string, object?>>(JsonSerializer.Serialize(arguments))!;
        var result = await client.CallToolAsync(tool, values, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEqual(true, result.IsError);
        return Assert.NotNull(result.StructuredContent);
    }
}
