using System.Net;
using PortGen.Platform;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>Who is in the way of a start, found out without being in anybody's way. Alone, because a process that another test starts has a copy of every socket for a moment.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class ListenersTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "::", true)]
    [InlineData("127.0.0.2", "127.0.0.1", false)]
    [InlineData("0.0.0.0", "127.0.0.1", true)]
    public void A_listener_is_in_the_way_of_the_addresses_that_it_shares(string listener, string wanted, bool isInTheWay)
    {
        var port = FreePorts.Block(1).First;
        var numbers = new Dictionary<int, IReadOnlyList<IPAddress>> { [port] = [IPAddress.Parse(wanted)] };
        Assert.Empty(Listeners.InTheWayOf(numbers));
        using var socket = FreePorts.Occupy(port, IPAddress.Parse(listener));
        Assert.Equal(isInTheWay ? [port] : [], Listeners.InTheWayOf(numbers));
    }

    [Fact]
    public async Task To_look_for_instances_refuses_no_port_to_a_starter_beside()
    {
        using var stage = new InstanceStage();

        // Looked at each time and never ended.
        stage.Write(stage.RecordOf(stage.StartSleep()) with { Executable = "/another" });
        using var end = new CancellationTokenSource();
        var (tries, refusals) = (0, 0);
        var beside = Task.Run(() =>
        {
            for (; !end.IsCancellationRequested; tries++)
            {
                refusals += FreePorts.IsFree(stage.Ports.First) ? 0 : 1;
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 200 || Volatile.Read(ref tries) < 1000; i++)
        {
            await stage.EndAsync(cancellationToken: TestContext.Current.CancellationToken);
        }

        await end.CancelAsync();
        await beside;
        Assert.Equal(0, refusals);
    }
}
