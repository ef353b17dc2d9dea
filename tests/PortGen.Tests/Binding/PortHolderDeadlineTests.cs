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
        var port = FreePorts.Block(1).First;
        await using var app = AppProcess.TestApp($"--Ports:first:Port={port}");
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
        Find(port, lookup);
        Find(port, lookup);
        Find(port, lookup);
        Assert.InRange(clock.Elapsed.TotalMilliseconds, 1500, 4000);
        Assert.Equal($"a process of user {Environment.UserName}", first!.ToString());
        never.Set();
    }

    [Fact]
    public async Task Among_thousands_of_sockets_the_time_is_kept_and_with_enough_of_it_the_holder_is_found()
    {
        var port = FreePorts.Block(1).First;
        await using var app = AppProcess.TestApp($"--Ports:first:Port={port}");
        await app.WaitForAsync("first holds port");
        var crowd = Enumerable.Range(0, 5000).Select(static _ => OtherSockets.Listen(IPAddress.Loopback, 0)).ToList();
        Assert.Equal($"PortGen.TestApp (pid {app.Id})", Find(port, new PortHolderLookup(limit: TimeSpan.FromMinutes(1)))!.ToString());

        // The limit, and what a busy machine needs to wake up.
        var lookup = new PortHolderLookup();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 10; i++)
        {
            Find(port, lookup);
        }

        Assert.InRange(clock.Elapsed.TotalMilliseconds, 0, 500 * Overload.Factor());
        crowd.ForEach(static s => s.Dispose());
    }

    private static PortHolder? Find(int port, PortHolderLookup lookup) =>
        lookup.Find([new("localhost", port)]).GetValueOrDefault(new("localhost", port));
}
