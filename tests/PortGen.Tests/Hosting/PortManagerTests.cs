using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

public sealed class PortManagerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stop_releases_the_service_s_ports_and_leaves_the_others_alone()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Manager.StopServiceAsync("alpha", Token);
        Assert.Equal([PortState.Released, PortState.Released, PortState.Serving, PortState.Serving], host.Manager.GetStatus().Select(static s => s.State));
        Assert.Null(host.Manager.GetPort("alpha").Port);
        Assert.True(FreePorts.BecomesFree(host.Range.First));
        Assert.True(FreePorts.BecomesFree(host.Range.First + 3));
        Assert.Equal("gamma", await ManagedHost.AskAsync(host.Range.First + 2));

        host.Journal.Clear();
        await host.Manager.StopServiceAsync("alpha", Token);
        Assert.Empty(host.Journal.Entries);
    }

    [Fact]
    public async Task A_start_binds_the_ports_again_and_the_service_serves()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Manager.StopServiceAsync("alpha", Token);
        using var holder = FreePorts.Occupy(host.Range.First);
        await host.Manager.StartServiceAsync("alpha", Token);

        // Not the numbers that the others hold or prefer.
        var status = host.Manager.GetPort("alpha");
        Assert.Equal((PortState.Serving, host.Range.First + 4, true), (status.State, status.Port, status.IsFallback));
        Assert.Equal("alpha", await ManagedHost.AskAsync(host.Range.First + 4));
        Assert.Equal(PortState.Serving, host.Manager.GetPort("metrics").State);

        host.Journal.Clear();
        await host.Manager.StartServiceAsync("alpha", Token);
        Assert.Empty(host.Journal.Entries);
    }

    [Fact]
    public async Task A_number_that_another_service_prefers_is_left_to_it()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Manager.StopServiceAsync("beta", Token);
        await host.Manager.StopServiceAsync("alpha", Token);
        using var holder = FreePorts.Occupy(host.Range.First);
        await host.Manager.StartServiceAsync("alpha", Token);
        await host.Manager.StartServiceAsync("beta", Token);
        Assert.Equal([host.Range.First + 4, host.Range.First + 1], new[] { "alpha", "beta" }.Select(n => host.Manager.GetPort(n).Port!.Value));
    }

    [Fact]
    public async Task A_restart_keeps_the_lease_and_answers_who_connects_meanwhile()
    {
        await using var host = await ManagedHost.StartAsync();
        var before = host.Manager.GetPort("beta");
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        host.Journal.Misbehaviour["beta start"] = async token =>
        {
            Assert.Equal(PortState.Bound, host.Manager.GetPort("beta").State);
            await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, before.Port!.Value), token);
        };
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal("beta", await ManagedHost.AnswerAsync(client));
        Assert.Equal(before, host.Manager.GetPort("beta"));
    }

    [Fact]
    public async Task A_restart_stays_on_a_fallback_though_the_preferred_port_is_free_again()
    {
        await using var host = ManagedHost.Build();
        var holder = FreePorts.Occupy(host.Range.First + 1);
        await host.Host.StartAsync(Token);
        holder.Dispose();
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal(host.Range.First + 4, host.Manager.GetPort("beta").Port);
    }

    [Fact]
    public async Task A_restart_moves_to_the_port_that_is_configured_now()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Configuration["Ports:beta:Port"] = $"{host.Range.Last}";
        host.Configuration["Ports:beta:ExternalPort"] = "80";
        var atStop = PortState.Pending;
        host.Journal.Misbehaviour["beta stop"] = _ =>
        {
            // Held before the service stops.
            atStop = FreePorts.IsFree(host.Range.Last) ? PortState.Pending : PortState.Bound;
            return Task.CompletedTask;
        };
        await host.Manager.RestartServiceAsync("beta", Token);
        var status = host.Manager.GetPort("beta");
        Assert.Equal((PortState.Serving, host.Range.Last, host.Range.Last, 80), (status.State, status.Port, status.PreferredPort, status.ExternalPort));
        Assert.Equal(PortState.Bound, atStop);
        Assert.Equal("beta", await ManagedHost.AskAsync(host.Range.Last));
        Assert.True(FreePorts.BecomesFree(host.Range.First + 1));
    }

    [Fact]
    public async Task A_restart_that_finds_its_new_port_taken_changes_nothing()
    {
        await using var host = await ManagedHost.StartAsync();
        var before = host.Manager.GetPort("beta");
        using var holder = FreePorts.Occupy(host.Range.Last);
        host.Configuration["Ports:beta:Port"] = $"{host.Range.Last}";
        host.Journal.Clear();
        var e = await Assert.ThrowsAsync<PortUnavailableException>(() => host.Manager.RestartServiceAsync("beta", Token));
        Assert.Contains("'beta'", e.Message, StringComparison.Ordinal);
        Assert.Empty(host.Journal.Entries);
        var after = host.Manager.GetPort("beta");
        Assert.Equal((before.State, before.Port, before.PreferredPort), (after.State, after.Port, after.PreferredPort));
        Assert.Equal("beta", await ManagedHost.AskAsync(before.Port!.Value));

        // Once it is free, the same restart works.
        holder.Dispose();
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal(host.Range.Last, host.Manager.GetPort("beta").Port);
    }

    [Fact]
    public async Task A_restart_under_a_configuration_that_breaks_a_rule_changes_nothing()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Configuration["Ports:gamma:Port"] = "80";
        host.Journal.Clear();
        foreach (var operation in (Func<Task>[])[() => host.Manager.RestartServiceAsync("beta", Token), () => host.Manager.RestartAllAsync(Token)])
        {
            var e = await Assert.ThrowsAsync<PortConfigurationException>(operation);
            Assert.Contains("PG0002", Assert.Single(e.Errors), StringComparison.Ordinal);
        }

        Assert.Empty(host.Journal.Entries);
        Assert.Equal("beta", await ManagedHost.AskAsync(host.Range.First + 1));
    }

    [Fact]
    public async Task A_restart_leaves_other_services_where_they_are_though_their_configuration_has_changed()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Configuration["Ports:alpha:Port"] = $"{host.Range.Last}";
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal((host.Range.First, host.Range.First), (host.Manager.GetPort("alpha").Port, host.Manager.GetPort("alpha").PreferredPort));
        await host.Manager.RestartServiceAsync("alpha", Token);
        Assert.Equal(host.Range.Last, host.Manager.GetPort("alpha").Port);
    }

    [Fact]
    public async Task A_restart_moves_to_another_host_on_the_same_port()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Configuration["Ports:beta:Host"] = "*";
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal(("*", host.Range.First + 1), (host.Manager.GetPort("beta").Host, host.Manager.GetPort("beta").Port));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Parse("127.0.0.9"), host.Range.First + 1), Token);
        Assert.Equal("beta", await ManagedHost.AnswerAsync(client));
    }

    [Fact]
    public async Task A_service_that_fails_to_start_again_is_failed_and_the_others_go_on()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Journal.Misbehaviour["beta start"] = static _ => throw new InvalidOperationException("the test wants it to fail");
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => host.Manager.RestartServiceAsync("beta", Token));
        Assert.Equal(["beta"], e.Services);
        Assert.Contains("the test wants it to fail", e.Message, StringComparison.Ordinal);
        Assert.Equal((PortState.Failed, null), (host.Manager.GetPort("beta").State, host.Manager.GetPort("beta").Port));
        Assert.Contains((Microsoft.Extensions.Logging.LogLevel.Error, 11, "beta failed to start"), host.Log.Entries);
        Assert.True(FreePorts.BecomesFree(host.Range.First + 1));
        Assert.Equal("gamma", await ManagedHost.AskAsync(host.Range.First + 2));

        host.Journal.Misbehaviour.Clear();
        await host.Manager.StartServiceAsync("beta", Token);
        Assert.Equal("beta", await ManagedHost.AskAsync(host.Range.First + 1));
    }

    [Fact]
    public async Task A_stop_that_hangs_is_given_up_after_the_timeout()
    {
        await using var host = await ManagedHost.StartAsync(("Ports:StopTimeout", "0.1"));
        host.Journal.Misbehaviour["beta stop"] = static _ => Task.Delay(Timeout.Infinite, CancellationToken.None);
        await host.Manager.StopServiceAsync("beta", Token);
        Assert.Equal(PortState.Released, host.Manager.GetPort("beta").State);
        Assert.True(FreePorts.BecomesFree(host.Range.First + 1));
    }

    [Fact]
    public async Task A_cancelled_start_releases_the_ports()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Manager.StopServiceAsync("beta", Token);
        using var cancellation = new CancellationTokenSource();
        host.Journal.Misbehaviour["beta start"] = async token =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Manager.StartServiceAsync("beta", cancellation.Token));
        Assert.Equal(PortState.Released, host.Manager.GetPort("beta").State);
        Assert.True(FreePorts.BecomesFree(host.Range.First + 1));
    }

    [Fact]
    public async Task Restarting_all_stops_in_reverse_starts_in_order_and_keeps_what_has_not_moved()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Manager.StopServiceAsync("beta", Token);
        var alpha = host.Manager.GetPort("alpha");
        host.Configuration["Ports:gamma:Port"] = $"{host.Range.Last}";
        host.Journal.Clear();
        IReadOnlyList<PortState> atStart = [];
        host.Journal.Misbehaviour["alpha start"] = _ =>
        {
            atStart = [.. host.Manager.GetStatus().Where(static s => s.Name is "alpha" or "metrics").Select(static s => s.State)];
            return Task.CompletedTask;
        };
        var pending = new ConcurrentBag<string>();
        host.Host.Services.GetRequiredService<PortRegistry>().Changed += (_, s) =>
        {
            if (s.State == PortState.Pending)
            {
                pending.Add(s.Name);
            }
        };
        await host.Manager.RestartAllAsync(Token);
        Assert.Equal([PortState.Bound, PortState.Bound], atStart);

        // What is bound anew is shown so.
        Assert.Contains("gamma", pending);
        Assert.DoesNotContain("alpha", pending);
        Assert.Equal(host.Range.Last, host.Manager.GetPort("gamma").PreferredPort);
        var journal = host.Journal.Entries;
        Assert.Equal(["gamma stops", "alpha stops"], journal.Take(2));
        Assert.Equal(["alpha starts", "beta starts"], journal.Skip(2).Take(2).Order());
        Assert.Equal("gamma starts", journal[4]);
        Assert.Equal(alpha, host.Manager.GetPort("alpha"));
        Assert.Equal(host.Range.Last, host.Manager.GetPort("gamma").Port);
        Assert.All(host.Manager.GetStatus(), static s => Assert.Equal(PortState.Serving, s.State));
        Assert.True(FreePorts.BecomesFree(host.Range.First + 2));
        foreach (var name in (string[])["alpha", "beta", "gamma"])
        {
            Assert.Equal(name, await ManagedHost.AskAsync(host.Manager.GetPort(name).Port!.Value));
        }
    }

    [Fact]
    public async Task Restarting_all_with_one_that_fails_leaves_nothing_running_or_bound()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Journal.Misbehaviour["gamma start"] = static _ => throw new InvalidOperationException("the test wants it to fail");
        host.Journal.Clear();
        await Assert.ThrowsAsync<PortServiceStartException>(() => host.Manager.RestartAllAsync(Token));
        Assert.Equal(["alpha stops", "beta stops"], host.Journal.Entries.SkipWhile(static e => e != "gamma starts").Skip(1).Order());
        Assert.All(Enumerable.Range(host.Range.First, 9), static n => Assert.True(FreePorts.BecomesFree(n)));
        Assert.Equal(
            [PortState.Released, PortState.Released, PortState.Released, PortState.Failed], host.Manager.GetStatus().Select(static s => s.State));

        host.Journal.Misbehaviour.Clear();
        await host.Manager.RestartAllAsync(Token);
        Assert.All(host.Manager.GetStatus(), static s => Assert.Equal(PortState.Serving, s.State));
    }

    [Fact]
    public async Task An_unknown_service_is_named_and_so_are_the_known_ones()
    {
        await using var host = await ManagedHost.StartAsync();
        var e = await Assert.ThrowsAsync<KeyNotFoundException>(() => host.Manager.RestartServiceAsync("delta", Token));
        Assert.Equal("No service is named 'delta'; the services are alpha, beta, gamma.", e.Message);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => host.Manager.StopServiceAsync("metrics", Token));
        Assert.Throws<KeyNotFoundException>(() => host.Manager.GetPort("delta"));
    }

    [Fact]
    public async Task Before_the_host_has_started_there_is_nothing_to_control()
    {
        await using var host = ManagedHost.Build();
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Manager.StartServiceAsync("alpha", Token));
    }

    [Fact]
    public async Task The_end_of_the_application_gives_up_a_restart_that_hangs()
    {
        var host = await ManagedHost.StartAsync();
        var started = new TaskCompletionSource();
        host.Journal.Misbehaviour["beta start"] = token =>
        {
            started.SetResult();
            return Task.Delay(Timeout.Infinite, token);
        };
        var restart = host.Manager.RestartServiceAsync("beta", Token);
        await started.Task;
        await host.Host.StopAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restart);
        Assert.All(host.Manager.GetStatus(), static s => Assert.Equal((PortState.Released, null), (s.State, s.Port)));
        Assert.All(Enumerable.Range(host.Range.First, 9), static n => Assert.True(FreePorts.BecomesFree(n)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Manager.StartServiceAsync("beta", Token));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task The_ports_of_one_service_find_each_other_after_a_restart_too()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Configuration["Ports:metrics:Port"] = $"{host.Range.Last}";
        await host.Manager.RestartServiceAsync("alpha", Token);
        Assert.Equal(host.Range.First, host.Manager.GetPort("alpha").Port);
        Assert.Equal(host.Range.Last, host.Manager.GetPort("metrics").Port);
        Assert.Equal("alpha", await ManagedHost.AskAsync(host.Range.First));
        Assert.True(FreePorts.BecomesFree(host.Range.First + 3));
    }
}
