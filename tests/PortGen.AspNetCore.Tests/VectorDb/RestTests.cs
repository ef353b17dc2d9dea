using System.Net;
using System.Text.Json;

namespace PortGen.Tests.VectorDb;

/// <summary>The REST API as its clients use it.</summary>
[Collection(nameof(SharedAppCollection))]
public sealed class RestTests(SharedApp shared)
{
    [Fact]
    public async Task Vectors_that_were_stored_are_found_the_most_similar_first()
    {
        var app = await shared.GetAsync();
        var token = await app.TokenAsync();
        var store = await app.RestAsync("stores", token, """{"name":"round"}""").ReadAsync(HttpStatusCode.Created);
        Assert.Equal("round", store.GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, store.GetProperty("dimensions").ValueKind);

        await app.RestAsync("stores/round/vectors", token, """{"id":"east","vector":[1,0],"metadata":{"title":"Ost"}}""").ReadAsync(HttpStatusCode.OK);
        await app.RestAsync("stores/round/vectors", token, """{"id":"north","vector":[0,3]}""").ReadAsync(HttpStatusCode.OK);
        await app.RestAsync("stores/round/vectors", token, """{"id":"west","vector":[-5,0]}""").ReadAsync(HttpStatusCode.OK);

        var found = await app.RestAsync("stores/round/search", token, """{"vector":[2,1],"k":2}""").ReadAsync(HttpStatusCode.OK);
        var hits = found.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["east", "north"], hits.Select(static h => h.GetProperty("id").GetString()));
        Assert.Equal(2 / Math.Sqrt(5), hits[0].GetProperty("score").GetDouble(), 6);
        Assert.Equal("Ost", hits[0].GetProperty("metadata").GetProperty("title").GetString());
        Assert.Equal(3, (await app.RestAsync("stores/round", token).ReadAsync(HttpStatusCode.OK)).GetProperty("vectors").GetInt32());
    }

    [Fact]
    public async Task A_vector_of_the_same_id_takes_the_place_of_the_earlier_one()
    {
        var app = await shared.GetAsync();
        var token = await app.TokenAsync();
        await app.RestAsync("stores", token, """{"name":"again"}""").ReadAsync(HttpStatusCode.Created);
        var first = await app.RestAsync("stores/again/vectors", token, """{"id":"a","vector":[1,0],"metadata":{"n":1}}""").ReadAsync(HttpStatusCode.OK);
        var second = await app.RestAsync("stores/again/vectors", token, """{"id":"a","vector":[0,1]}""").ReadAsync(HttpStatusCode.OK);
        Assert.Equal((false, true), (first.GetProperty("replaced").GetBoolean(), second.GetProperty("replaced").GetBoolean()));

        var found = await app.RestAsync("stores/again/search", token, """{"vector":[0,1]}""").ReadAsync(HttpStatusCode.OK);
        var hit = Assert.Single(found.GetProperty("results").EnumerateArray());
        Assert.Equal(1, hit.GetProperty("score").GetDouble());
        Assert.Equal(JsonValueKind.Null, hit.GetProperty("metadata").ValueKind);
    }

    [Fact]
    public async Task A_search_finds_ten_where_it_doesn_t_say_how_many_and_of_equals_the_first_ids()
    {
        var app = await shared.GetAsync();
        var token = await app.TokenAsync();
        await app.RestAsync("stores", token, """{"name":"equals"}""").ReadAsync(HttpStatusCode.Created);
        foreach (var id in "lkjihgfedcba")
        {
            await app.RestAsync("stores/equals/vectors", token, $$"""{"id":"{{id}}","vector":[0.1,0.7]}""").ReadAsync(HttpStatusCode.OK);
        }

        var found = await app.RestAsync("stores/equals/search", token, """{"vector":[0.3,2.1]}""").ReadAsync(HttpStatusCode.OK);
        var hits = found.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal("abcdefghij", string.Concat(hits.Select(static h => h.GetProperty("id").GetString())));
        Assert.All(hits, static h => Assert.InRange(h.GetProperty("score").GetDouble(), 0.999999, 1));
    }

    [Theory]
    [InlineData("stores", """{"name":"../etc"}""", "A store's name has")]
    [InlineData("stores", """{"name":null}""", "A store's name has")]
    [InlineData("stores", """{"name":"a","dimension":3}""", "line 1, $")]
    [InlineData("stores", """{"name":"a","name":"b"}""", "line 1, $")]
    [InlineData("stores", """{"name":"a" """, "line 1, $")]
    [InlineData("stores/none/vectors", """{"id":"","vector":[1]}""", "A vector's id has")]
    [InlineData("stores/none/vectors", """{"id":"a\u0000","vector":[1]}""", "A vector's id has")]
    [InlineData("stores/none/vectors", """{"id":"a","vector":[]}""", "A vector has 1 to 4096 numbers")]
    [InlineData("stores/none/vectors", """{"id":"a"}""", "A vector has 1 to 4096 numbers")]
    [InlineData("stores/none/vectors", """{"id":"a","vector":[1,1e39]}""", "A vector's numbers are finite")]
    [InlineData("stores/none/vectors", """{"id":"a","vector":[0,0]}""", "A vector's numbers are finite")]
    [InlineData("stores/none/vectors", """{"id":"a","vector":[1,null]}""", "line 1, $.vector[1]")]
    [InlineData("stores/none/vectors", """{"id":"a","vector":[1],"metadata":[1]}""", "Metadata is an object")]
    [InlineData("stores/none/vectors", """{"id":"a","vector":[1],"metadata":{"a":1,"a":2}}""", "line 1, $")]
    [InlineData("stores/none/vectors", """{"id":"a","vector":[1],"metadata":{"a":{"b":[{"c":1,"c":2}]}}}""", "line 1, $")]
    [InlineData("stores/none/search", """{"vector":[1],"k":0}""", "k is 1 to 1000")]
    [InlineData("stores/none/search", """{"vector":[1],"k":1001}""", "k is 1 to 1000")]
    public async Task What_is_wrong_with_a_request_is_said(string path, string body, string reason)
    {
        var app = await shared.GetAsync();
        await app.RestAsync(path, await app.TokenAsync(), body).AssertProblemAsync(HttpStatusCode.BadRequest, reason);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(61, false)]
    public async Task Metadata_is_nested_as_deep_as_a_search_can_answer_and_no_deeper(int depth, bool isStored)
    {
        var app = await shared.GetAsync();
        var token = await app.TokenAsync();
        var (store, metadata) = ($"deep{depth}", string.Concat(Enumerable.Repeat("""{"a":""", depth)) + "1" + new string('}', depth));
        await app.RestAsync("stores", token, $$"""{"name":"{{store}}"}""").ReadAsync(HttpStatusCode.Created);
        var answer = app.RestAsync($"stores/{store}/vectors", token, $$"""{"id":"a","vector":[1],"metadata":{{metadata}}}""");
        if (!isStored)
        {
            await answer.AssertProblemAsync(HttpStatusCode.BadRequest, "nested at most 32 deep");
            return;
        }

        await answer.ReadAsync(HttpStatusCode.OK);
        var found = await app.RestAsync($"stores/{store}/search", token, """{"vector":[1]}""").ReadAsync(HttpStatusCode.OK);
        Assert.Equal(metadata, Assert.Single(found.GetProperty("results").EnumerateArray()).GetProperty("metadata").GetRawText());
    }

    [Fact]
    public async Task A_store_that_is_not_there_or_there_already_or_of_other_dimensions_is_said()
    {
        var app = await shared.GetAsync();
        var token = await app.TokenAsync();
        await app.RestAsync("stores/nothing", token).AssertProblemAsync(HttpStatusCode.NotFound, "Store 'nothing' does not exist.");
        await app.RestAsync("stores/nothing/search", token, """{"vector":[1]}""").AssertProblemAsync(HttpStatusCode.NotFound, "Store 'nothing' does not exist.");

        await app.RestAsync("stores", token, """{"name":"flat"}""").ReadAsync(HttpStatusCode.Created);
        await app.RestAsync("stores", token, """{"name":"flat"}""").AssertProblemAsync(HttpStatusCode.Conflict, "Store 'flat' already exists.");
        await app.RestAsync("stores/flat/vectors", token, """{"id":"a","vector":[1,2]}""").ReadAsync(HttpStatusCode.OK);
        await app.RestAsync("stores/flat/vectors", token, """{"id":"b","vector":[1,2,3]}""")
            .AssertProblemAsync(HttpStatusCode.BadRequest, "The vectors of 'flat' have 2 numbers; this one has 3.");
        await app.RestAsync("stores/flat/search", token, """{"vector":[1]}""")
            .AssertProblemAsync(HttpStatusCode.BadRequest, "The vectors of 'flat' have 2 numbers; this one has 1.");
    }

    [Fact]
    public async Task A_body_of_another_media_type_is_refused()
    {
        var app = await shared.GetAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, await app.FindAsync("rest") + "/api/v1/stores") { Content = new StringContent("name=media") };
        request.Headers.Authorization = new("Bearer", await app.TokenAsync());
        using var response = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var app = await shared.GetAsync();
        using var response = await app.RestAsync("stores", await app.TokenAsync(), $$"""{"name":"{{new string('a', 1024 * 1024)}}"}""", isAnnounced: true);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Of_first_vectors_that_come_at_once_one_decides_the_dimensions()
    {
        const int Stores = 10;
        const int VectorsOfEachKind = 3;
        var app = await shared.GetAsync();
        var token = await app.TokenAsync();
        for (var store = 0; store < Stores; store++)
        {
            await app.RestAsync("stores", token, $$"""{"name":"crowd{{store}}"}""").ReadAsync(HttpStatusCode.Created);
            var statuses = await Task.WhenAll(Enumerable.Range(0, 2 * VectorsOfEachKind).Select(i => InsertAsync(store, i)));
            Assert.Equal(VectorsOfEachKind, statuses.Count(static s => s == HttpStatusCode.OK));
            Assert.Equal(VectorsOfEachKind, statuses.Count(static s => s == HttpStatusCode.BadRequest));
            Assert.Equal(VectorsOfEachKind, (await app.RestAsync($"stores/crowd{store}", token).ReadAsync(HttpStatusCode.OK)).GetProperty("vectors").GetInt32());
        }

        async Task<HttpStatusCode> InsertAsync(int store, int i)
        {
            using var response = await app.RestAsync($"stores/crowd{store}/vectors", token, $$"""{"id":"{{i}}","vector":{{(i % 2 == 0 ? "[1,2]" : "[1,2,3]")}}}""");
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Status_health_and_the_page_of_the_ports_need_no_token()
    {
        var app = await shared.GetAsync();
        var status = await app.StatusAsync();
        Assert.Equal(["mcp", "oauth", "rest"], status.Keys.Order(StringComparer.Ordinal));
        Assert.All(status.Values, static p => Assert.Equal("serving", p.GetProperty("status").GetString()));
        foreach (var (service, path) in ((string, string)[])[("mcp", "/health"), ("oauth", "/oauth/health"), ("rest", "/api/health"), ("rest", "/ports")])
        {
            using var response = await app.Http.GetAsync(await app.FindAsync(service) + path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task What_tells_of_the_ports_is_kept_by_no_cache_and_its_address_goes_to_nobody()
    {
        var app = await shared.GetAsync();
        using var status = await app.Http.GetAsync(await app.FindAsync("rest") + "/api/ports/status", TestContext.Current.CancellationToken);
        Assert.True(status.Headers.CacheControl!.NoStore);
        using var page = await app.Http.GetAsync(await app.FindAsync("rest") + "/ports", TestContext.Current.CancellationToken);
        Assert.True(page.Headers.CacheControl!.NoStore);
        Assert.Equal(["no-referrer"], page.Headers.GetValues("Referrer-Policy"));
    }
}
