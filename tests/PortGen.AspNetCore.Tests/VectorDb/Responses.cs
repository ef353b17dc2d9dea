using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace PortGen.Tests.VectorDb;

/// <summary>What is asserted of answers again and again.</summary>
internal static class Responses
{
    public static Task<JsonElement> ReadAsync(this HttpResponseMessage response) =>
        response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    /// <summary>Reads the body of an answer that must have a status.</summary>
    public static async Task<JsonElement> ReadAsync(this Task<HttpResponseMessage> answer, HttpStatusCode expected)
    {
        using var response = await answer;
        Assert.Equal(expected, response.StatusCode);
        return await response.ReadAsync();
    }

    /// <summary>Asserts that an answer refuses as an API should: with a status, and problem details that give the reason.</summary>
    public static async Task AssertProblemAsync(this Task<HttpResponseMessage> answer, HttpStatusCode expected, string reason)
    {
        using var response = await answer;
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(reason, (await response.ReadAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Asserts that an answer refuses a token: with a status, and the reason for programs in <c>WWW-Authenticate</c>.</summary>
    public static async Task AssertRefusedAsync(this Task<HttpResponseMessage> answer, HttpStatusCode expected, string challenge)
    {
        using var response = await answer;
        Assert.Equal(expected, response.StatusCode);
        Assert.Contains(challenge, Assert.Single(response.Headers.GetValues("WWW-Authenticate")), StringComparison.Ordinal);
    }
}
