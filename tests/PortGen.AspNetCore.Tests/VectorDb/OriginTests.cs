using System.Net;
using System.Net.Http.Headers;

namespace PortGen.Tests.VectorDb;

/// <summary>Who may ask the MCP server: nobody whose page comes from elsewhere, and nobody who calls this machine by another name.</summary>
[Collection(nameof(SharedAppCollection))]
public sealed class OriginTests(SharedApp shared)
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("http://localhost:3000", null, true)]
    [InlineData("http://127.0.0.1", null, true)]
    [InlineData("http://[::1]:9", null, true)]
    [InlineData("http://evil.example", null, false)]
    [InlineData("http://localhost.evil.example", null, false)]
    [InlineData("null", null, false)]
    [InlineData(null, "evil.example:8080", false)]
    [InlineData(null, "127.0.0.1:8080", true)]
    public async Task A_page_from_elsewhere_is_refused_though_it_has_a_token(string? origin, string? host, bool isLet)
    {
        var app = await shared.GetAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, await app.FindAsync("mcp") + "/mcp");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await app.TokenAsync());
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        request.Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(isLet ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }
}
