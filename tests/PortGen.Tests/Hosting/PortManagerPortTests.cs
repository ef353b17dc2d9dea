using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>What becomes of each port of a service when the service is started or restarted.</summary>
public sealed class PortManagerPortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_that_gets_no_port_is_shown_as_failed()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Manager.StopServiceAsync("alpha", Token);
        using var holder = FreePorts.Occupy(host.Range.First + 3);
        await Assert.ThrowsAsync<PortUnavailableException>(() => host.Manager.StartServiceAsync("alpha", Token));
        AssertFailed(host, "alpha", "metrics");
        Assert.True(FreePorts.BecomesFree(host.Range.First));
    }

    [Fact]
    public async Task A_restart_on_another_host_that_gets_no_port_is_shown_as_failed()
    {
        await using var host = await ManagedHost.StartAsync();
        using var holder = FreePorts.Occupy(host.Range.Last);
        host.Configuration["Ports:beta:Port"] = $"{host.Range.Last}";
        host.Configuration["Ports:beta:Host"] = "127.0.0.1";
        await Assert.ThrowsAsync<PortUnavailableException>(() => host.Manager.RestartServiceAsync("beta", Token));
        AssertFailed(host, "beta");
        Assert.True(FreePorts.BecomesFree(host.Range.First + 1));
    }

    [Fact]
    public async Task A_restart_of_a_service_that_does_not_run_and_gets_no_port_is_shown_as_failed()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Manager.StopServiceAsync("beta", Token);
        using var holder = FreePorts.Occupy(host.Range.Last);
        host.Configuration["Ports:beta:Port"] = $"{host.Range.Last}";
        await Assert.ThrowsAsync<PortUnavailableException>(() => host.Manager.RestartServiceAsync("beta", Token));
        AssertFailed(host, "beta");
        Assert.Equal(host.Range.Last, host.Manager.GetPort("beta").PreferredPort);
    }

    [Fact]
    public async Task A_start_takes_the_port_that_is_configured_now()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Manager.StopServiceAsync("beta", Token);
        host.Configuration["Ports:beta:Port"] = $"{host.Range.Last}";
        await host.Manager.StartServiceAsync("beta", Token);
        Assert.Equal((host.Range.Last, host.Range.Last), (host.Manager.GetPort("beta").Port, host.Manager.GetPort("beta").PreferredPort));
    }

    [Fact]
    public async Task An_optional_port_that_is_held_is_not_lost_by_a_move_that_fails()
    {
        await using var host = await ManagedHost.StartAsync(("Ports:metrics:Required", "false"));
        var before = host.Manager.GetStatus();
        using var holder = FreePorts.Occupy(host.Range.Last);
        host.Configuration["Ports:metrics:Port"] = $"{host.Range.Last}";
        await Assert.ThrowsAsync<PortUnavailableException>(() => host.Manager.RestartServiceAsync("alpha", Token));
        Assert.Equal(before, host.Manager.GetStatus());
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(1, 1)]
    [InlineData(0, 1)]
    public async Task Within_its_range_a_port_moves_where_another_number_is_configured_and_only_then(int configured, int expected)
    {
        await using var host = await ManagedHost.StartAsync();
        host.Configuration["Ports:beta:Range"] = $"{host.Range}";
        host.Configuration["Ports:beta:Port"] = $"{(configured == 0 ? 0 : host.Range.First + configured)}";
        var before = host.Manager.GetPort("beta");
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal(host.Range.First + expected, host.Manager.GetPort("beta").Port);
        Assert.Equal(expected == 1, before.AllocatedAt == host.Manager.GetPort("beta").AllocatedAt);
    }

    [Fact]
    public async Task A_fallback_that_is_configured_now_is_kept()
    {
        await using var host = ManagedHost.Build();
        using var holder = FreePorts.Occupy(host.Range.First + 1);
        await host.Host.StartAsync(Token);
        var before = host.Manager.GetPort("beta");
        host.Configuration["Ports:beta:Port"] = $"{before.Port}";
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal((before.Port, before.AllocatedAt, false), (host.Manager.GetPort("beta").Port, host.Manager.GetPort("beta").AllocatedAt, host.Manager.GetPort("beta").IsFallback));
    }

    [Fact]
    public async Task A_start_that_is_given_up_while_it_binds_shows_the_ports_as_released()
    {
        await using var host = await ManagedHost.StartAsync(("Ports:BindTimeout", "600"));
        await host.Manager.StopServiceAsync("beta", Token);
        using var holder = FreePorts.Occupy(host.Range.Last);
        host.Configuration["Ports:beta:Port"] = $"{host.Range.Last}";
        using var cancellation = new CancellationTokenSource();
        var start = host.Manager.StartServiceAsync("beta", cancellation.Token);
        Assert.True(SpinWait.SpinUntil(() => host.Log.Entries.Any(static e => e.Id == 9), TimeSpan.FromSeconds(30)));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.Equal((PortState.Released, null), (host.Manager.GetPort("beta").State, host.Manager.GetPort("beta").Port));
    }

    [Fact]
    public async Task Restarting_all_without_a_port_shows_that_one_as_failed_and_the_others_as_released()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Manager.StopServiceAsync("alpha", Token);
        using var holder = FreePorts.Occupy(host.Range.First + 3);
        await Assert.ThrowsAsync<PortUnavailableException>(() => host.Manager.RestartAllAsync(Token));
        Assert.Equal(
            [("alpha", PortState.Released), ("metrics", PortState.Failed), ("beta", PortState.Released), ("gamma", PortState.Released)],
            host.Manager.GetStatus().Select(static s => (s.Name, s.State)));
        Assert.All(host.Manager.GetStatus(), static s => Assert.Null(s.Port));
    }

    [Fact]
    public async Task A_move_that_fails_leaves_the_status_as_it_was()
    {
        await using var host = await ManagedHost.StartAsync();
        var before = host.Manager.GetStatus();
        using var holder = FreePorts.Occupy(host.Range.Last);
        host.Configuration["Ports:beta:Port"] = $"{host.Range.Last}";
        await Assert.ThrowsAsync<PortUnavailableException>(() => host.Manager.RestartServiceAsync("beta", Token));
        Assert.Equal(before, host.Manager.GetStatus());
    }

    [Fact]
    public async Task Who_held_a_port_is_forgotten_once_it_is_had()
    {
        await using var host = ManagedHost.Build();
        var holder = FreePorts.Occupy(host.Range.First + 1);
        await host.Host.StartAsync(Token);
        Assert.True(host.Manager.GetPort("beta").IsFallback);
        holder.Dispose();
        await host.Manager.StopServiceAsync("beta", Token);
        await host.Manager.StartServiceAsync("beta", Token);
        Assert.Equal((host.Range.First + 1, null), (host.Manager.GetPort("beta").Port, host.Manager.GetPort("beta").HeldBy));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_optional_port_that_was_taken_is_tried_again_by_a_restart(bool isFreeAgain)
    {
        await using var host = ManagedHost.Build(("Ports:metrics:Required", "false"));
        var holder = FreePorts.Occupy(host.Range.First + 3);
        await host.Host.StartAsync(Token);
        Assert.Equal(PortState.Failed, host.Manager.GetPort("metrics").State);
        if (isFreeAgain)
        {
            holder.Dispose();
        }

        await host.Manager.RestartServiceAsync("alpha", Token);
        var expected = isFreeAgain ? (PortState.Serving, (int?)host.Range.First + 3) : (PortState.Failed, null);
        Assert.Equal(expected, (host.Manager.GetPort("metrics").State, host.Manager.GetPort("metrics").Port));
        Assert.Equal((PortState.Serving, host.Range.First), (host.Manager.GetPort("alpha").State, host.Manager.GetPort("alpha").Port));
        holder.Dispose();
    }

    [Fact]
    public async Task Restarting_all_keeps_the_port_that_has_not_moved_of_a_service_whose_other_port_has()
    {
        await using var host = await ManagedHost.StartAsync();
        var before = host.Manager.GetPort("alpha");
        host.Configuration["Ports:metrics:Port"] = $"{host.Range.Last}";
        var wasFree = false;
        host.Journal.Misbehaviour["alpha start"] = _ =>
        {
            wasFree = FreePorts.IsFree(host.Range.First);
            return Task.CompletedTask;
        };
        await host.Manager.RestartAllAsync(Token);
        Assert.False(wasFree);
        Assert.Equal(before, host.Manager.GetPort("alpha"));
        Assert.Equal(host.Range.Last, host.Manager.GetPort("metrics").Port);
        Assert.True(FreePorts.BecomesFree(host.Range.First + 3));
    }

    [Fact]
    public async Task A_restart_lets_the_ports_of_a_service_change_places()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Configuration["Ports:alpha:Port"] = $"{host.Range.First + 3}";
        host.Configuration["Ports:metrics:Port"] = $"{host.Range.First}";
        await host.Manager.RestartServiceAsync("alpha", Token);
        Assert.Equal([host.Range.First + 3, host.Range.First], host.Manager.GetStatus().Take(2).Select(static s => s.Port!.Value));
        Assert.Equal("alpha", await ManagedHost.AskAsync(host.Range.First + 3));
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("127.0.0.2")]
    [InlineData("*")]
    public async Task A_restart_moves_to_a_host_of_another_family_and_back(string address)
    {
        await using var host = await ManagedHost.StartAsync();
        foreach (var target in (string[])[address, "localhost"])
        {
            host.Configuration["Ports:beta:Host"] = target;
            await host.Manager.RestartServiceAsync("beta", Token);
            Assert.Equal((PortState.Serving, target, host.Range.First + 1), (host.Manager.GetPort("beta").State, host.Manager.GetPort("beta").Host, host.Manager.GetPort("beta").Port));
        }

        Assert.Equal("beta", await ManagedHost.AskAsync(host.Range.First + 1));
    }

    [Fact]
    public async Task What_other_instances_are_told_follows_the_ports()
    {
        await using var host = await ManagedHost.StartAsync();
        Assert.Equal([0, 1, 2, 3], Told(host));
        host.Configuration["Ports:beta:Port"] = $"{host.Range.Last}";
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal([0, 2, 3, 8], Told(host));
        await host.Manager.StopServiceAsync("alpha", Token);
        Assert.Equal([2, 8], Told(host));
        await host.Host.StopAsync(Token);
        Assert.Empty(Told(host));
    }

    [Fact]
    public async Task A_settings_file_that_is_damaged_later_changes_nothing_until_it_is_whole_again()
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", "{}");
        await using var host = ManagedHost.BuildIn(folder);
        await host.Host.StartAsync(Token);
        var before = host.Manager.GetStatus();
        foreach (var content in (string[])["{ \"Ports\": { \"beta\": ", "", "[]"])
        {
            folder.Write("appsettings.json", content);
            foreach (var operation in (Func<Task>[])[() => host.Manager.RestartServiceAsync("beta", Token), () => host.Manager.RestartAllAsync(Token)])
            {
                var e = await Assert.ThrowsAsync<PortConfigurationException>(operation);
                Assert.StartsWith("PG2001: ", Assert.Single(e.Errors), StringComparison.Ordinal);
            }

            Assert.Equal(before, host.Manager.GetStatus());
        }

        Assert.Equal("beta", await ManagedHost.AskAsync(host.Range.First + 1));
        folder.Write("appsettings.json", $$"""{ "Ports": { "beta": { "Port": {{host.Range.Last}} } } }""");
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal(host.Range.Last, host.Manager.GetPort("beta").Port);
    }

    // The numbers in the instance files of this process that are of the host's range, counted from its start.
    private static IEnumerable<int> Told(ManagedHost host) =>
        Directory.EnumerateFiles(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")!, "*.json", SearchOption.AllDirectories)
            .Select(static f => File.Exists(f) ? System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(f))! : null)
            .SelectMany(static n => n?["ports"]?.AsArray().Select(static p => p!.GetValue<int>()) ?? [])
            .Where(host.Range.Contains)
            .Select(n => n - host.Range.First)
            .Order();

    private static void AssertFailed(ManagedHost host, params string[] ports) =>
        Assert.All(ports.Select(host.Manager.GetPort), static s => Assert.Equal((PortState.Failed, null), (s.State, s.Port)));
}
