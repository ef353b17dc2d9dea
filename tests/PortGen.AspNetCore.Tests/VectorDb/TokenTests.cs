using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

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
        var challenge = Assert.Single(refusal.Headers.WwwAuthenticate);
        var resource = await GetAsync(app, challenge.Parameter!.Split('"')[1]);
        var issuer = resource.GetProperty("authorization_servers")[0].GetString()!;
        var server = await GetAsync(app, issuer + ".well-known/oauth-authorization-server");
        Assert.Equal(issuer, server.GetProperty("issuer").GetString());
        Assert.Equal(await app.FindAsync("oauth") + "/oauth/token", server.GetProperty("token_endpoint").GetString());

        var token = await app.TokenAsync(("resource", resource.GetProperty("resource").GetString()!));
        await using var client = await app.McpAsync(token);
        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    private static Task<JsonElement> GetAsync(VectorDbApp app, string url) => app.Http.GetFromJsonAsync<JsonElement>(url, TestContext.Current.CancellationToken);
}
