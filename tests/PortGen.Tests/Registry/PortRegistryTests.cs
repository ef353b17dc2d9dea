using PortGen.Tests.Support;

namespace PortGen.Tests.Registry;

public sealed class PortRegistryTests
{
    // Each transition with the states that allow it, and what a port is afterwards. From any other state it changes nothing.
    public static TheoryData<string, PortState[], PortState> Transitions => new()
    {
        { "bound", [PortState.Pending], PortState.Bound },
        { "moved", [PortState.Pending, PortState.Bound, PortState.Serving, PortState.Released], PortState.Bound },
        { "serving", [PortState.Bound], PortState.Serving },
        { "stopped", [PortState.Serving], PortState.Bound },
        { "draining", [PortState.Serving], PortState.Draining },
        { "failed", Enum.GetValues<PortState>(), PortState.Failed },
        { "released", [PortState.Pending, PortState.Bound, PortState.Serving, PortState.Draining, PortState.Released], PortState.Released },
        { "pending", Enum.GetValues<PortState>(), PortState.Pending },
    };

    [Theory]
    [MemberData(nameof(Transitions))]
    public void A_transition_happens_from_the_states_that_allow_it_and_no_others(string transition, PortState[] from, PortState to)
    {
        foreach (var state in Enum.GetValues<PortState>())
        {
            var registry = In(state);
            var before = registry.GetPort("web");
            Do(registry, transition);
            var after = registry.GetPort("web");
            Assert.Equal(from.Contains(state) ? to : state, after.State);
            if (!from.Contains(state))
            {
                // Released says that the number is free, also where the failure goes on to be shown.
                Assert.Equal(transition == "released" ? before with { Port = null, AllocatedAt = null } : before, after);
            }
        }
    }

    [Fact]
    public void What_is_held_is_shown_with_its_number_and_what_is_free_without()
    {
        foreach (var state in Enum.GetValues<PortState>())
        {
            var isHeld = state is PortState.Bound or PortState.Serving or PortState.Draining or PortState.Failed;
            var status = In(state).GetPort("web");
            Assert.Equal((isHeld ? 8081 : null, isHeld ? PortStates.Time : null), (status.Port, (DateTimeOffset?)status.AllocatedAt));
        }
    }

    [Fact]
    public void A_failed_port_that_was_let_go_can_be_held_again()
    {
        var registry = In(PortState.Failed);
        registry.Moved("web", 8085, PortStates.Time, 1, null);
        Assert.Equal((PortState.Failed, 8081), (registry.GetPort("web").State, registry.GetPort("web").Port));
        registry.Released("web");
        registry.Moved("web", 8085, PortStates.Time, 1, null);
        Assert.Equal((PortState.Bound, 8085), (registry.GetPort("web").State, registry.GetPort("web").Port));
    }

    [Theory]
    [InlineData(8080, null)]
    [InlineData(8081, "nginx")]
    public void Who_held_the_preferred_port_is_shown_as_long_as_it_is_missed(int port, string? heldBy)
    {
        var registry = Open();
        registry.Missed("web", "nginx");
        Assert.Equal("nginx", registry.GetPort("web").HeldBy);
        registry.Bound("web", port, PortStates.Time);
        Assert.Equal((port, PortStates.Time, heldBy), (registry.GetPort("web").Port!.Value, registry.GetPort("web").AllocatedAt!.Value, registry.GetPort("web").HeldBy));
    }

    [Theory]
    [InlineData(PortState.Pending, 8080, "nginx")]
    [InlineData(PortState.Bound, 8080, null)]
    [InlineData(PortState.Bound, 8081, "nginx")]
    [InlineData(PortState.Serving, 8081, "nginx")]
    [InlineData(PortState.Failed, 8081, "nginx")]
    public void A_holder_that_becomes_known_later_is_shown_unless_the_number_is_ours_by_now(PortState state, int port, string? heldBy)
    {
        var registry = Open();
        if (state == PortState.Failed)
        {
            registry.Failed("web");
        }
        else if (state != PortState.Pending)
        {
            registry.Bound("web", port, PortStates.Time);
            Do(registry, state == PortState.Serving ? "serving" : "stopped");
        }

        registry.HolderFound("web", 8080, "nginx");
        Assert.Equal(heldBy, registry.GetPort("web").HeldBy);

        // Of a number that is not preferred any more nothing is shown.
        registry.HolderFound("web", 8070, "python3");
        Assert.Equal(heldBy, registry.GetPort("web").HeldBy);
    }

    [Fact]
    public void A_move_shows_what_it_took()
    {
        var registry = In(PortState.Serving);
        registry.Tried("web", 2);
        registry.Moved("web", 8090, PortStates.Time.AddHours(1), 3, "python3");
        var status = registry.GetPort("web");
        Assert.Equal((PortState.Bound, 8090, PortStates.Time.AddHours(1), 5, "python3"), (status.State, status.Port!.Value, status.AllocatedAt!.Value, status.BindAttempts, status.HeldBy));
    }

    [Fact]
    public void A_new_configuration_changes_what_is_wanted_and_not_what_is()
    {
        var registry = In(PortState.Serving);
        registry.Replan("web", 9000, new PortRange(9000, 9009), "*", 443, "/up", "https://shop.example.org/");
        registry.Serves("web", "https");
        var status = registry.GetPort("web");
        Assert.Equal((PortState.Serving, 8081, 9000, "*", 443, "/up"), (status.State, status.Port!.Value, status.PreferredPort, status.Host, status.ExternalPort!.Value, status.HealthPath));
        Assert.Equal(("https://localhost:8081", "https://shop.example.org"), (status.Url, status.PublicUrl));
    }

    [Fact]
    public void Opened_again_it_has_these_ports_and_all_are_pending()
    {
        var registry = In(PortState.Serving);
        registry.Open([registry.GetPort("web"), new PortStatus { Name = "api", Service = "api", PreferredPort = 1, Host = "*" }]);
        Assert.Equal([("web", PortState.Pending, null), ("api", PortState.Pending, (int?)null)], registry.Ports.Select(static p => (p.Name, p.State, p.Port)));
    }

    [Fact]
    public void A_change_is_in_the_next_snapshot_and_not_in_an_earlier_one()
    {
        var registry = Open();
        var before = registry.Ports;
        var raised = new List<PortStatus>();
        registry.Changed += (_, status) => raised.Add(status);

        registry.Bound("web", 8081, PortStates.Time);
        registry.Bound("web", 8082, PortStates.Time);

        Assert.Equal(PortState.Pending, before[0].State);
        var status = registry.GetPort("web");
        Assert.Equal((PortState.Bound, 8081, true, "tcp://localhost:8081"), (status.State, status.Port, status.IsFallback, status.Url));
        Assert.Equal([status], raised);
        Assert.Throws<KeyNotFoundException>(() => registry.GetPort("nothing"));
    }

    [Fact]
    public async Task Changes_side_by_side_are_all_counted()
    {
        var registry = Open();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                registry.Tried("web", 1);
            }
        })));
        Assert.Equal(8000, registry.GetPort("web").BindAttempts);
    }

    [Fact]
    public async Task Whoever_is_told_of_changes_is_told_in_their_order()
    {
        var registry = Open();
        using var second = new ManualResetEventSlim();
        var told = new List<int>();
        registry.Changed += (_, status) =>
        {
            if (status.BindAttempts == 1)
            {
                // Somebody else changes it while this one is still busy with the first change.
                Task.Run(() => registry.Tried("web", 1)).ContinueWith(_ => second.Set(), TaskScheduler.Default);
                Assert.True(second.Wait(TimeSpan.FromSeconds(30)));
                registry.Tried("web", 1);
            }

            told.Add(status.BindAttempts);
        };
        await Task.Run(() => registry.Tried("web", 1), TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], told);
        registry.Tried("web", 1);
        Assert.Equal([1, 2, 3, 4], told);
    }

    internal static void Do(PortRegistry registry, string transition, string name = "web")
    {
        switch (transition)
        {
            case "bound":
                registry.Bound(name, 8081, PortStates.Time);
                break;
            case "moved":
                registry.Moved(name, 8081, PortStates.Time, 0, null);
                break;
            case "serving":
                registry.Serving(name);
                break;
            case "stopped":
                registry.Stopped(name);
                break;
            case "draining":
                registry.Draining(name);
                break;
            case "failed":
                registry.Failed(name);
                break;
            case "released":
                registry.Released(name);
                break;
            case "pending":
                registry.Pending(name);
                break;
            default:
                throw new ArgumentException(transition);
        }
    }

    private static PortRegistry Open()
    {
        var registry = new PortRegistry();
        registry.Open([new PortStatus { Name = "web", Service = "web", PreferredPort = 8080, Host = "*" }]);
        return registry;
    }

    private static PortRegistry In(PortState state)
    {
        var registry = Open();
        registry.Bring("web", state);
        return registry;
    }
}
