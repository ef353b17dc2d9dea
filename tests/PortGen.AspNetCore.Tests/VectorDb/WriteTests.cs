using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using PortGen.Tests.Support;

namespace PortGen.Tests.VectorDb;

/// <summary>Many writers at once, and the end of the process in between.</summary>
public sealed class WriteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_writers_at_once_each_gets_its_own_answer_and_a_bad_write_spoils_no_other()
    {
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await VectorDbApp.StartAsync(network, _folder);
        var token = await app.TokenAsync();
        await app.RestAsync("stores", token, """{"name":"many"}""").ReadAsync(HttpStatusCode.Created);
        await app.RestAsync("stores/many/vectors", token, """{"id":"first","vector":[1,2]}""").ReadAsync(HttpStatusCode.OK);
        var rest = await app.FindAsync("rest");
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => InsertAsync(app, rest, token, $"v{i}", i % 4 == 0 ? "[1]" : "[1,2]")));
        for (var i = 0; i < answers.Length; i++)
        {
            Assert.Equal(i % 4 == 0 ? HttpStatusCode.BadRequest : HttpStatusCode.OK, answers[i]);
        }

        Assert.Equal(49, (await app.RestAsync("stores/many", token).ReadAsync(HttpStatusCode.OK)).GetProperty("vectors").GetInt32());

        // Of two stores of one name at one moment one is made.
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.RestAsync("stores", token, """{"name":"once"}""")));
        Assert.Equal(7, stores.Count(static s => s.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_kill()
    {
        await using var network = await TestNetwork.CreateAsync();
        var written = new ConcurrentBag<string>();
        for (var round = 0; round < LongTests.Count(1, 8, 50); round++)
        {
            await using (var app = await VectorDbApp.StartAsync(network, _folder))
            {
                var token = await app.TokenAsync();
                using var made = await app.RestAsync("stores", token, """{"name":"kept"}""");
                var rest = await app.FindAsync("rest");
                var tally = new Tally();
                var clients = Enumerable.Range(0, 16).Select(client => Task.Run(async () =>
                {
                    for (var i = 0; ; i++)
                    {
                        var id = $"{round}-{client}-{i}";
                        if (await InsertAsync(app, rest, token, id, "[1,2]") != HttpStatusCode.OK)
                        {
                            return;
                        }

                        written.Add(id);
                        tally.Add();
                    }
                })).ToList();
                await tally.ReachAsync(200);

                app.Process.Signal(9);
                await Task.WhenAll(clients);
            }

            await using var again = await VectorDbApp.StartAsync(network, _folder);
            var found = await again.RestAsync("stores/kept/search", await again.TokenAsync(), """{"vector":[1,2],"k":1000}""").ReadAsync(HttpStatusCode.OK);
            var count = (await again.RestAsync("stores/kept", await again.TokenAsync()).ReadAsync(HttpStatusCode.OK)).GetProperty("vectors").GetInt32();
            Assert.InRange(count, written.Count, int.MaxValue);
            if (count <= 1000)
            {
                Assert.Empty(written.Except(found.GetProperty("results").EnumerateArray().Select(static h => h.GetProperty("id").GetString()!)));
            }

            again.Process.Signal(15);
            await again.Process.WaitForExitAsync();
        }
    }

    [Theory]
    [InlineData("900", 900)]
    [InlineData("01:00:00", 3600)]
    public async Task A_token_is_good_for_as_long_as_the_settings_say(string setting, int seconds)
    {
        if (setting != "900")
        {
            LongTests.SkipUnlessMiddle();
        }

        await using var network = await TestNetwork.CreateAsync();
        await using var app = await VectorDbApp.StartAsync(network, _folder, ("OAuth__AccessTokenLifetime", setting));
        Assert.InRange((await app.RequestTokenAsync().ReadAsync(HttpStatusCode.OK)).GetProperty("expires_in").GetInt32(), Math.Max(0, seconds - 60), seconds);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("86401")]
    [InlineData("1.00:00:01")]
    [InlineData("0")]
    [InlineData("soon")]
    public async Task A_lifetime_that_is_none_is_refused_by_the_start(string setting)
    {
        if (setting != "-1")
        {
            LongTests.SkipUnlessMiddle();
        }

        await using var network = await TestNetwork.CreateAsync();
        await using var app = await network.RunAsync(() => AppProcess.VectorDb([], [.. VectorDbApp.Client(_folder), ("OAuth__AccessTokenLifetime", setting)]));
        Assert.Equal(PortExitCode.ServiceFailed, await app.WaitForExitAsync());
        Assert.Contains($"OAuth:AccessTokenLifetime is '{setting}': write seconds", app.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<HttpStatusCode?> InsertAsync(VectorDbApp app, string rest, string token, string id, string vector)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, rest + (id.Contains('-') ? "/api/v1/stores/kept/vectors" : "/api/v1/stores/many/vectors"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent($$"""{"id":"{{id}}","vector":{{vector}}}""", System.Text.Encoding.UTF8, "application/json");
        try
        {
            using var answer = await app.Http.SendAsync(request, Token);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
