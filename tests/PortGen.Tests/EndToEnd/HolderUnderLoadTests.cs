using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>Whether the holder of a port is named on a machine that has better things to do. Nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(HolderUnderLoadTests), DisableParallelization = true)]
[Collection(nameof(HolderUnderLoadTests))]
public sealed class HolderUnderLoadTests(ITestOutputHelper output)
{
    private const int Load = 20;
    private const int ConflictsOfAStart = 3;

    private static readonly string[] s_names = ["echo", "time", "shout"];

    /// <summary>Half of the starts fall back, half fail; the holder is a stranger, or an earlier instance of the application.</summary>
    [Fact]
    public async Task On_a_machine_with_load_20_the_holder_is_named_in_95_of_100_conflicts_and_an_own_instance_always()
    {
        var starts = LongTests.Count(2, 2, 34);
        var range = FreePorts.Block(12);
        await using var stranger = AppProcess.Program(AppProcess.TestAppPath, "hold", $"{range.First},{range.First + 1},{range.First + 2}", "now");
        await stranger.WaitForAsync("holding");
        await using var own = AppProcess.HelloPorts(Exact(range.First + 3));
        await own.WaitForAsync("Application started");
        var load = Enumerable.Range(0, LongTests.Count(0, 0, Load)).Select(static _ => AppProcess.Bash("while :; do :; done")).ToList();
        try
        {
            var (strangers, owns, atOnce) = (0, 0, 0);
            for (var i = 0; i < starts; i++)
            {
                strangers += await NamedAsync(range.First, $"PortGen.TestApp (pid {stranger.Id}, ", fails: i % 2 == 0);
                owns += await NamedAsync(range.First + 3, $"an earlier instance of this application (pid {own.Id}, ", fails: i % 2 == 0);
            }

            var conflicts = starts * ConflictsOfAStart;
            output.WriteLine($"Of {conflicts} conflicts each, a stranger was named in {strangers}, an own instance in {owns}; {atOnce} of all by the first warning");
            Assert.InRange(strangers, conflicts * 95 / 100, conflicts);
            Assert.Equal(conflicts, owns);

            // How many of the conflicts of one start name the holder: where it fails in the error, else in a warning.
            async Task<int> NamedAsync(int first, string holder, bool fails)
            {
                await using var app = fails
                    ? AppProcess.HelloPorts([.. Exact(first), "--Ports:BindTimeout=0.3"])
                    : AppProcess.HelloPorts([.. s_names.SelectMany((n, i) => (string[])[$"--Ports:{n}:Port={first + i}", $"--Ports:{n}:Range={range}"])]);
                if (fails)
                {
                    Assert.Equal(69, await app.WaitForExitAsync());
                    atOnce += Count(app.Output, " is in use by " + holder);
                    return Count(app.Errors, " in use by " + holder);
                }

                await app.WaitForAsync("Application started");
                atOnce += Count(app.Output, " is in use by " + holder);
                var late = ConflictsOfAStart - Count(app.Output, " is in use by " + holder);
                if (late > 0)
                {
                    // What was not known yet is told by then, or it does not count.
                    await Record.ExceptionAsync(() => app.WaitForAsync(", which was in use, is held by " + holder, late));
                }

                return Count(app.Output, " by " + holder);
            }
        }
        finally
        {
            await Task.WhenAll(load.Select(static l => l.DisposeAsync().AsTask()));
        }
    }

    private static string[] Exact(int first) => [.. s_names.Select((n, i) => $"--Ports:{n}:Port={first + i}")];

    private static int Count(string text, string part) => text.Split('\n').Count(l => l.Contains(part, StringComparison.Ordinal));
}
