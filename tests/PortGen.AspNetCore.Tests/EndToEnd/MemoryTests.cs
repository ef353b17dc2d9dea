using System.Globalization;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.EndToEnd;

public sealed class MemoryTests
{
    private const long Tolerance = 1_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // In a process of its own, where nothing else takes memory. A leak of a hundred bytes for each query would be more than the tolerance; of an object
    // of any size at the higher levels.
    [Theory]
    [InlineData("/api/ports/status")]
    [InlineData("/ports")]
    [InlineData("/health/ready")]
    public async Task Any_number_of_queries_grows_no_memory(string path)
    {
        if (path != "/api/ports/status")
        {
            LongTests.SkipUnlessMiddle();
        }

        var ports = FreePorts.Block(2);
        await using var app = await WebProcess.StartAsync(ports, "0", "--Logging:LogLevel:Microsoft.AspNetCore=Warning");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports.First}") };
        await AskAsync(client, path, 2_000);
        var before = await MemoryAsync(client);
        await AskAsync(client, path, LongTests.Count(10_000, 50_000, 1_000_000));
        Assert.InRange(await MemoryAsync(client) - before, long.MinValue, Tolerance);
    }

    private static Task AskAsync(HttpClient client, string path, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (_, token) => await client.GetByteArrayAsync(path, token));

    private static async Task<long> MemoryAsync(HttpClient client) => long.Parse(await client.GetStringAsync("/memory", Token), CultureInfo.InvariantCulture);
}
