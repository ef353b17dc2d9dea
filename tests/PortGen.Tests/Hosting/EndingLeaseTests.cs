
namespace PortGen.Tests.Hosting;

/// <summary>A service that stops knows of each port whether it is the end, or whether clients wait for the next start.</summary>
public sealed class EndingLeaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restart_keeps_the_ports()
    {
        await using var host = await ManagedHost.StartAsync();
        var ending = WatchStops(host, "alpha");
        await host.Manager.RestartServiceAsync("alpha", Token);
        await host.Manager.RestartAllAsync(Token);
        Assert.Equal([(false, false), (false, false)], ending);
    }

    [Fact]
    public async Task A_port_that_the_configuration_has_moved_ends_and_the_other_goes_on()
    {
        await using var host = await ManagedHost.StartAsync();
        var ending = WatchStops(host, "alpha");
        host.Settings.Change("Ports:alpha:Port", $"{host.Range.Last}");
        await host.Manager.RestartServiceAsync("alpha", Token);
        host.Settings.Change("Ports:alpha:Port", $"{host.Range.Last - 1}");
        await host.Manager.RestartAllAsync(Token);
        Assert.Equal([(true, false), (true, false)], ending);
    }

    [Fact]
    public async Task A_stop_is_the_end()
    {
        await using var host = await ManagedHost.StartAsync();
        var ending = WatchStops(host, "alpha");
        await host.Manager.StopServiceAsync("alpha", Token);
        Assert.Equal([(true, true)], ending);
    }

    [Fact]
    public async Task The_drain_is_the_beginning_of_the_end_for_everybody()
    {
        await using var host = await ManagedHost.StartAsync();
        var ending = WatchStops(host, "gamma");
        await host.Host.StopAsync(Token);
        Assert.Equal([(true, true)], ending);
    }

    [Fact]
    public async Task A_roll_back_is_the_end()
    {
        await using var host = ManagedHost.Build();
        var ending = WatchStops(host, "alpha");
        host.Journal.Misbehaviour["gamma start"] = static _ => throw new InvalidOperationException("the test wants it to fail");
        await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        Assert.Equal([(true, true)], ending);
    }

    // At each stop of the service: whether the ports alpha and metrics end.
    private static List<(bool Alpha, bool Metrics)> WatchStops(ManagedHost host, string service)
    {
        var ending = new List<(bool, bool)>();
        host.Journal.Misbehaviour[service + " stop"] = _ =>
        {
            ending.Add((host.Manager.FindLease("alpha")!.IsEnding, host.Manager.FindLease("metrics")!.IsEnding));
            return Task.CompletedTask;
        };
        return ending;
    }
}
