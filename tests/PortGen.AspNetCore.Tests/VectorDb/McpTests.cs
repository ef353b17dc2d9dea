using System.Text.Json;
using ModelContextProtocol;
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
        await Assert.ThrowsAsync<McpProtocolException>(() => CallAsync(client, "create_store", new { name = "forbidden" }));
    }

    [Theory]
    [InlineData("search_vectors", """{"store":"none","vector":[1]}""", "There is no store 'none'.")]
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

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, object arguments)
    {
        var values = JsonSerializer.Deserialize<Dictionary<string, object?>>(JsonSerializer.Serialize(arguments))!;
        var result = await client.CallToolAsync(tool, values, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEqual(true, result.IsError);
        return Assert.NotNull(result.StructuredContent);
    }
}
