using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using PortGen.Tests.Support;

namespace PortGen.Tests.VectorDb;

/// <summary>The authorization server's answers.</summary>
[Collection(nameof(SharedAppCollection))]
public sealed class TokenTests(SharedApp shared)
{
    [Fact]
    public async Task Client_credentials_give_a_token_that_says_how_long_it_is_good_and_for_what()
    {
        var app = await shared.GetAsync();
        var token = await app.RequestTokenAsync().ReadAsync(HttpStatusCode.OK);
        Assert.Equal("Bearer", token.GetProperty("token_type").GetString());
        Assert.Equal("vectors.read vectors.write", token.GetProperty("scope").GetString());
        Assert.InRange(token.GetProperty("expires_in").GetInt32(), SharedApp.TokenLifetime.TotalSeconds - 60, SharedApp.TokenLifetime.TotalSeconds);
    }

    [Theory]
    [InlineData("client_secret", "wrong", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("client_id", "nobody", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("scope", "vectors.destroy", HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData("resource", "http://localhost:9/mcp", HttpStatusCode.BadRequest, "invalid_target")]
    [InlineData("grant_type", "password", HttpStatusCode.BadRequest, "unsupported_grant_type")]
    public async Task What_is_not_granted_is_refused_with_the_error_of_the_standard(string field, string value, HttpStatusCode status, string error)
    {
        var app = await shared.GetAsync();
        var answer = await app.RequestTokenAsync((field, value)).ReadAsync(status);
        Assert.Equal(error, answer.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_client_that_is_refused_finds_the_way_to_a_token_by_metadata_alone()
    {
        var app = await shared.GetAsync();
        using var refusal = await app.Http.PostAsJsonAsync(await app.FindAsync("mcp") + "/mcp", new { }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refusal.StatusCode);
        Assert.Contains("scope=\"vectors.read vectors.write\"", refusal.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        var challenge = Assert.Single(refusal.Headers.WwwAuthenticate);
        var resource = await GetAsync(app, challenge.Parameter!.Split('"')[3]);
        var issuer = resource.GetProperty("authorization_servers")[0].GetString()!;
        var server = await GetAsync(app, issuer + ".well-known/oauth-authorization-server");
        Assert.Equal(issuer, server.GetProperty("issuer").GetString());
        Assert.Equal(0, server.GetProperty("response_types_supported").GetArrayLength());
        Assert.Equal(["client_secret_basic", "client_secret_post"], Texts(server, "token_endpoint_auth_methods_supported"));
        Assert.Equal(["vectors.read", "vectors.write"], Texts(server, "scopes_supported"));
        using var authorization = await app.Http.GetAsync(server.GetProperty("authorization_endpoint").GetString() + "?response_type=code", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, authorization.StatusCode);
        Assert.Equal("unsupported_response_type", (await authorization.ReadAsync()).GetProperty("error").GetString());
        Assert.Equal(await app.FindAsync("oauth") + "/oauth/token", server.GetProperty("token_endpoint").GetString());

        var token = await app.TokenAsync(("resource", resource.GetProperty("resource").GetString()!));
        await using var client = await app.McpAsync(token);
        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_tries_many_secrets_is_told_to_wait_and_others_are_answered_meanwhile()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var folder = new TemporaryFolder();
        await using var app = await VectorDbApp.StartAsync(network, folder);
        var url = await app.FindAsync("oauth");
        var limited = 0;
        for (var i = 0; i < LongTests.Count(200, 600, 600); i++)
        {
            using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "tests", ["client_secret"] = "wrong" });
            using var answer = await app.Http.PostAsync(url + "/oauth/token", content, TestContext.Current.CancellationToken);
            Assert.Equal(answer.StatusCode == HttpStatusCode.TooManyRequests, i >= 100 && answer.StatusCode != HttpStatusCode.Unauthorized);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                limited++;
                Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
                Assert.Equal("temporarily_unavailable", (await answer.ReadAsync()).GetProperty("error").GetString());
            }
        }

        Assert.InRange(limited, 1, 500);
        using var health = await app.Http.GetAsync(url + "/oauth/health", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using var metadata = await app.Http.GetAsync(url + "/.well-known/jwks", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, metadata.StatusCode);
    }

    private static IEnumerable<string?> Texts(JsonElement server, string member) =>
        server.GetProperty(member).EnumerateArray().Select(static t => t.GetString()).Order(StringComparer.Ordinal);

    private static Task<JsonElement> GetAsync(VectorDbApp app, string url) => app.Http.GetFromJsonAsync<JsonElement>(url, TestContext.Current.CancellationToken);
}
