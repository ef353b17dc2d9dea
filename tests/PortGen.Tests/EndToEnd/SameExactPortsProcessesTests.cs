using System.Diagnostics;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>As SameExactPortsTests, with processes.</summary>
[CollectionDefinition(nameof(SameExactPortsProcessesTests), DisableParallelization = true)]
[Collection(nameof(SameExactPortsProcessesTests))]
public sealed class SameExactPortsProcessesTests(ITestOutputHelper output)
{
    // A machine with more to do than it has processors for takes as much longer.
    private static TimeSpan Limit => TimeSpan.FromSeconds(1) * Overload.Factor();

    [Theory]
    [InlineData(2, 3)]
    [InlineData(5, 100)]
    [InlineData(10, 400)]
    public async Task One_is_up_within_a_second_of_the_last_listener_s_end_and_the_others_after_it(int starters, int ports)
    {
        starters = Math.Min(starters, LongTests.Count(3, 3, 10));
        var times = new List<TimeSpan>();
        for (var round = LongTests.Count(1, 1, 10); round > 0; round--)
        {
            var block = FreePorts.Block(ports);
            var numbers = Enumerable.Range(block.First, block.Count).ToArray();
            using var listener = FreePorts.Occupy(Random.Shared.Next(block.First, block.Last + 1));
            var apps = new List<AppProcess>();
            try
            {
                for (var i = 0; i < starters; i++)
                {
                    Random.Shared.Shuffle(numbers);
                    apps.Add(AppProcess.Program(AppProcess.TestAppPath, "start", string.Join(',', numbers), "--Ports:BindTimeout=60"));
                }

                await Task.WhenAll(apps.Select(static a => a.WaitForAsync("Not every port is free yet")));
                var ups = apps.ToDictionary(static a => a, UpAsync);
                var ended = Stopwatch.GetTimestamp();
                listener.Dispose();
                while (ups.Count > 0)
                {
                    var (app, up) = await await Task.WhenAny(ups.Values);
                    times.Add(Stopwatch.GetElapsedTime(ended, up));
                    Assert.Equal(1, ups.Values.Count(static u => u.IsCompleted));
                    Assert.Equal(ports, ListeningPorts.Of(app.Id).Distinct().Count());
                    ups.Remove(app);
                    app.Signal(15);
                    Assert.Equal(0, await app.WaitForExitAsync());
                    ended = Stopwatch.GetTimestamp();
                }
            }
            finally
            {
                await Task.WhenAll(apps.Select(static a => a.DisposeAsync().AsTask()));
            }
        }

        times.Sort();
        output.WriteLine($"{starters} processes, {ports} ports: {times.Count} times, median {times[times.Count / 2].TotalMilliseconds:0} ms, max {times[^1].TotalMilliseconds:0} ms, limit {Limit.TotalMilliseconds:0} ms");
        Assert.InRange(times[^1], TimeSpan.Zero, Limit);
    }

    [Fact]
    public async Task Without_enough_descriptors_the_error_says_what_to_raise()
    {
        var block = FreePorts.Block(400);
        await using var app = AppProcess.Bash(
            $"ulimit -n 300; exec {AppProcess.TestAppPath} start {string.Join(',', Enumerable.Range(block.First, block.Count))} --Ports:BindTimeout=0");
        Assert.Equal(69, await app.WaitForExitAsync());
        Assert.Matches(
            @"PG3001: No port available for 'p\d+': port \d+ on localhost was tried; \d+ Too many open files: this process has reached its limit\. Raise it \(ulimit -n; ",
            app.Errors);
        Assert.DoesNotContain("in system", app.Errors + app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("to another port", app.Errors, StringComparison.Ordinal);
    }

    private static async Task<(AppProcess App, long At)> UpAsync(AppProcess app)
    {
        await app.WaitForAsync("has them all");
        return (app, Stopwatch.GetTimestamp());
    }
}
