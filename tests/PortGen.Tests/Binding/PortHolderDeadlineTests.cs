using System.Diagnostics;
using System.Net;
using PortGen.Binding.Conflicts;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>How long a search takes. Nothing else runs meanwhile, or it would be measured too.</summary>
[CollectionDefinition(nameof(PortHolderDeadlineTests), DisableParallelization = true)]
[Collection(nameof(PortHolderDeadlineTests))]
public sealed class PortHolderDeadlineTests
{
    [Fact]
    public async Task A_search_that_hangs_is_given_up_in_time_with_what_it_has_found()
    {
        var ports = FreePorts.Block(5);
        var port = ports.First;
        await using var app = AppProcess.TestAppOn(ports);
        await app.WaitForAsync("first holds port");
        using var never = new ManualResetEventSlim();
        var lookup = new PortHolderLookup(() =>
        {
            never.Wait();
            return [];
        }, TimeSpan.FromSeconds(2));
        Find(port, new PortHolderLookup(limit: TimeSpan.FromMinutes(1)));
        var clock = Stopwatch.StartNew();
        var first = Find(port, lookup);
        for (var i = 0; i < 7; i++)
        {
            Find(port, lookup);
        }

        // Each on its own would take 1.6 s.
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(8));
        Assert.Equal($"a process of user {Environment.UserName}", first!.ToString());
        never.Set();
    }

    [Fact]
    public async Task Among_thousands_of_sockets_the_time_is_kept_and_with_enough_of_it_the_holder_is_found()
    {
        var ports = FreePorts.Block(5);
        var port = ports.First;
        await using var app = AppProcess.TestAppOn(ports);
        await app.WaitForAsync("first holds port");
        var crowd = Enumerable.Range(0, 5000).Select(static _ => OtherSockets.Listen(IPAddress.Loopback, 0)).ToList();
        Assert.Equal($"PortGen.TestApp (pid {app.Id})", Find(port, new PortHolderLookup(limit: TimeSpan.FromMinutes(1)))!.ToString());

        // As many searches as take three seconds with time enough: together on one limit they take no longer than that, however busy the machine is.
        var clock = Stopwatch.StartNew();
        var searches = 0;
        for (; clock.Elapsed < TimeSpan.FromSeconds(3); searches++)
        {
            Find(port, new PortHolderLookup(limit: TimeSpan.FromMinutes(1)));
        }

        var (unlimited, lookup) = (clock.Elapsed, new PortHolderLookup());
        clock.Restart();
        for (var i = 0; i < searches; i++)
        {
            // None goes on beside the next.
            Find(port, lookup);
            lookup.Stop();
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, unlimited / 2);
        crowd.ForEach(static s => s.Dispose());
    }

    private static PortHolder? Find(int port, PortHolderLookup lookup) =>
        lookup.Find([new("localhost", port)]).GetValueOrDefault(new("localhost", port));
}
