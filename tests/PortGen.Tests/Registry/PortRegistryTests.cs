namespace PortGen.Tests.Registry;

public sealed class PortRegistryTests
{
    [Fact]
    public void A_change_is_in_the_next_snapshot_and_not_in_an_earlier_one()
    {
        var registry = new PortRegistry();
        registry.Reset([new PortStatus { Name = "web", Service = "web", RequestedPort = 8080, Host = "*" }]);
        var before = registry.Ports;
        var raised = new List<PortStatus>();
        registry.Changed += (_, status) => raised.Add(status);

        registry.Update("web", static s => s with { State = PortState.Bound, Port = 8081 });
        registry.Update("web", static s => s with { State = PortState.Bound });

        Assert.Equal(PortState.Pending, before[0].State);
        var status = registry.GetPort("web");
        Assert.Equal((PortState.Bound, 8081, true, "http://localhost:8081"), (status.State, status.Port, status.IsFallback, status.Url));
        Assert.Equal([status], raised);
        Assert.Throws<KeyNotFoundException>(() => registry.GetPort("nothing"));
    }

    [Fact]
    public async Task Updates_side_by_side_are_all_counted()
    {
        var registry = new PortRegistry();
        registry.Reset([new PortStatus { Name = "web", Service = "web", RequestedPort = 0, Host = "*" }]);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                registry.Update("web", static s => s with { BindAttempts = s.BindAttempts + 1 });
            }
        })));
        Assert.Equal(8000, registry.GetPort("web").BindAttempts);
    }

    [Fact]
    public async Task Whoever_is_told_of_changes_is_told_in_their_order()
    {
        var registry = new PortRegistry();
        registry.Reset([new PortStatus { Name = "web", Service = "web", RequestedPort = 0, Host = "*" }]);
        using var second = new ManualResetEventSlim();
        var told = new List<int>();
        registry.Changed += (_, status) =>
        {
            if (status.BindAttempts == 1)
            {
                // Somebody else changes it while this one is still busy with the first change.
                Task.Run(() => registry.Update("web", static s => s with { BindAttempts = 2 })).ContinueWith(_ => second.Set(), TaskScheduler.Default);
                Assert.True(second.Wait(TimeSpan.FromSeconds(30)));
                registry.Update("web", static s => s with { BindAttempts = 3 });
            }

            told.Add(status.BindAttempts);
        };
        await Task.Run(() => registry.Update("web", static s => s with { BindAttempts = 1 }), TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], told);
        registry.Update("web", static s => s with { BindAttempts = 4 });
        Assert.Equal([1, 2, 3, 4], told);
    }
}
