using System.Net;
using System.Security.Cryptography;

namespace PortGen.Tests.VectorDb;

/// <summary>Which tokens the services accept. Those that the tests make themselves are right in every respect but one.</summary>
[Collection(nameof(SharedAppCollection))]
public sealed class BearerTests(SharedApp shared)
{
    [Fact]
    public async Task Without_a_token_there_is_nothing()
    {
        var app = await shared.GetAsync();
        await app.RestAsync("stores", null).AssertRefusedAsync(HttpStatusCode.Unauthorized, "Bearer scope=\"vectors.read\"");
        await app.RestAsync("stores", null, "{}").AssertRefusedAsync(HttpStatusCode.Unauthorized, "Bearer scope=\"vectors.write\"");
        await app.RestAsync("stores", "no token").AssertRefusedAsync(HttpStatusCode.Unauthorized, "error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_token_that_is_right_in_every_respect_is_accepted()
    {
        var app = await shared.GetAsync();
        using var response = await app.RestAsync("stores", (await AccessToken.LikeThoseOfAsync(app)).Sign(OwnKey()));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        var app = await shared.GetAsync();
        var token = await AccessToken.LikeThoseOfAsync(app);
        token.Claims["exp"] = DateTimeOffset.UtcNow.AddSeconds(-5).ToUnixTimeSeconds();
        await app.RestAsync("stores", token.Sign(OwnKey())).AssertRefusedAsync(HttpStatusCode.Unauthorized, "error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_token_that_another_key_has_signed_is_refused()
    {
        var app = await shared.GetAsync();
        using var key = RSA.Create(2048);
        await app.RestAsync("stores", (await AccessToken.LikeThoseOfAsync(app)).Sign(key)).AssertRefusedAsync(HttpStatusCode.Unauthorized, "error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_token_that_was_changed_after_it_was_signed_is_refused()
    {
        var app = await shared.GetAsync();
        var token = await AccessToken.LikeThoseOfAsync(app);
        var strong = token.Sign(OwnKey()).Split('.');
        token.Claims["scope"] = "vectors.read";
        var weak = token.Sign(OwnKey()).Split('.');
        await app.RestAsync("stores", $"{weak[0]}.{strong[1]}.{weak[2]}").AssertRefusedAsync(HttpStatusCode.Unauthorized, "error=\"invalid_token\"");
    }

    [Theory]
    [InlineData("alg", "none")]
    [InlineData("typ", "JWT")]
    public async Task A_token_of_another_kind_is_refused(string member, string value)
    {
        var app = await shared.GetAsync();
        var token = await AccessToken.LikeThoseOfAsync(app);
        token.Header[member] = value;
        await app.RestAsync("stores", token.Sign(OwnKey())).AssertRefusedAsync(HttpStatusCode.Unauthorized, "error=\"invalid_token\"");
    }

    [Theory]
    [InlineData("iss", "http://localhost:8083/")]
    [InlineData("aud", "http://localhost:8080/mcp")]
    [InlineData("aud", "http://localhost:8083/api/v1")]
    [InlineData("sub", "another")]
    [InlineData("client_secret_id", "another")]
    public async Task A_token_of_another_issuer_audience_client_or_secret_is_refused(string claim, string value)
    {
        var app = await shared.GetAsync();
        var token = await AccessToken.LikeThoseOfAsync(app);
        token.Claims[claim] = value;
        await app.RestAsync("stores", token.Sign(OwnKey())).AssertRefusedAsync(HttpStatusCode.Unauthorized, "error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_token_lets_its_holder_do_what_its_scope_says_and_no_more()
    {
        var app = await shared.GetAsync();
        var (reader, writer) = (await app.TokenAsync(("scope", "vectors.read")), await app.TokenAsync(("scope", "vectors.write")));
        await app.RestAsync("stores", reader, """{"name":"scope"}""")
            .AssertRefusedAsync(HttpStatusCode.Forbidden, "error=\"insufficient_scope\", error_description=\"The token does not have the required scope.\", scope=\"vectors.write\"");
        await app.RestAsync("stores", writer).AssertRefusedAsync(HttpStatusCode.Forbidden, "scope=\"vectors.read\"");
        await app.RestAsync("stores", writer, """{"name":"scope"}""").ReadAsync(HttpStatusCode.Created);
        await app.RestAsync("stores/scope", reader).ReadAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("stores", null, "vectors.read")]
    [InlineData("stores/every", null, "vectors.read")]
    [InlineData("stores/every/search", """{"vector":[1]}""", "vectors.read")]
    [InlineData("stores", """{"name":"every"}""", "vectors.write")]
    [InlineData("stores/every/vectors", """{"id":"a","vector":[1]}""", "vectors.write")]
    public async Task Every_request_needs_its_own_scope_and_the_other_is_not_enough(string path, string? body, string scope)
    {
        var app = await shared.GetAsync();
        var other = await app.TokenAsync(("scope", scope == "vectors.read" ? "vectors.write" : "vectors.read"));
        await app.RestAsync(path, other, body).AssertRefusedAsync(HttpStatusCode.Forbidden, $"scope=\"{scope}\"");
        using var allowed = await app.RestAsync(path, await app.TokenAsync(("scope", scope)), body);
        Assert.NotEqual(HttpStatusCode.Forbidden, allowed.StatusCode);
    }

    [Fact]
    public async Task A_token_for_one_service_is_refused_by_the_other()
    {
        var app = await shared.GetAsync();
        var token = await app.TokenAsync(("resource", await app.FindAsync("mcp") + "/mcp"));
        await app.RestAsync("stores", token).AssertRefusedAsync(HttpStatusCode.Unauthorized, "error=\"invalid_token\"");
        await using var client = await app.McpAsync(token);
        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    private RSA OwnKey()
    {
        var key = RSA.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(shared.Folder, "signing-key.pem")));
        return key;
    }
}
