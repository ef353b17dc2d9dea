using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>Operations that meet the start or the end of the application, a crash, or each other.</summary>
public sealed class PortManagerRaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_drain_on_nothing_is_started_and_no_port_is_shown_as_serving()
    {
        await using var host = await ManagedHost.StartAsync(("Ports:DrainDelay", "0.3"));
        var draining = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shown = new List<PortState>();
        Registry(host).Changed += (_, status) =>
        {
            lock (shown)
            {
                shown.Add(status.State);
            }

            if (status is { Name: "gamma", State: PortState.Draining })
            {
                draining.TrySetResult();
            }
        };
        var stopping = host.Host.StopAsync(Token);
        await draining.Task;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Manager.RestartServiceAsync("beta", Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Manager.RestartAllAsync(Token));
        Assert.All(host.Manager.GetStatus(), static s => Assert.Equal(PortState.Draining, s.State));
        Assert.Equal("beta", await ManagedHost.AskAsync(host.Range.First + 1));
        await stopping;
        Assert.DoesNotContain(PortState.Serving, shown);
    }

    [Fact]
    public async Task A_restart_that_is_under_way_when_the_drain_begins_does_not_end_as_serving()
    {
        await using var host = await ManagedHost.StartAsync(("Ports:DrainDelay", "0.3"));
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Journal.Misbehaviour["beta start"] = _ =>
        {
            // A start that takes no notice of the end.
            started.SetResult();
            return goOn.Task;
        };
        var restart = host.Manager.RestartServiceAsync("beta", Token);
        await started.Task;
        var shown = new List<PortStatus>();
        Registry(host).Changed += (_, status) => shown.Add(status);
        var stopping = host.Host.StopAsync(Token);
        goOn.SetResult();
        await Record.ExceptionAsync(() => restart);
        await stopping;
        Assert.Contains(shown, static s => s is { Name: "gamma", State: PortState.Draining });
        Assert.DoesNotContain(shown.SkipWhile(static s => s.State != PortState.Draining), static s => s.State == PortState.Serving);
    }

    [Fact]
    public async Task A_service_that_crashes_while_another_is_restarted_ends_the_restart_and_the_application()
    {
        await using var host = await ManagedHost.StartAsync();
        var started = new TaskCompletionSource();
        host.Journal.Misbehaviour["beta start"] = token =>
        {
            started.SetResult();
            return Task.Delay(Timeout.Infinite, token);
        };
        host.Journal.Misbehaviour["alpha run"] = static _ => throw new InvalidOperationException("the test wants it to crash");
        var restart = host.Manager.RestartServiceAsync("beta", Token);
        await started.Task;
        await ManagedHost.AskAsync(host.Range.First);
        await host.Host.WaitForShutdownAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restart);
        Assert.Equal(
            [PortState.Failed, PortState.Failed, PortState.Released, PortState.Released], host.Manager.GetStatus().Select(static s => s.State));
        Assert.All(Enumerable.Range(host.Range.First, 9), static n => Assert.True(FreePorts.BecomesFree(n)));
    }

    [Fact]
    public async Task An_operation_that_comes_early_waits_for_the_start_of_the_application()
    {
        for (var i = 0; i < 20; i++)
        {
            await using var host = ManagedHost.Build();
            using var stop = new CancellationTokenSource();
            var early = Task.Run(() => StartAsSoonAsPossibleAsync(host.Manager, "gamma", stop.Token), Token);
            await host.Host.StartAsync(Token);
            await early;
            Assert.Equal(["alpha starts", "beta starts", "gamma starts"], host.Journal.Entries.Order());
            Assert.Equal("gamma starts", host.Journal.Entries[^1]);
        }
    }

    [Fact]
    public async Task A_service_that_gives_itself_up_when_started_again_has_failed()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Journal.Misbehaviour["beta start"] = static _ => throw new TaskCanceledException("its own timeout");
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => host.Manager.RestartServiceAsync("beta", Token));
        Assert.Equal(["beta"], e.Services);
        Assert.Equal(PortState.Failed, host.Manager.GetPort("beta").State);
    }

    [Fact]
    public async Task A_service_that_throws_when_its_start_is_given_up_keeps_nobody_from_stopping()
    {
        var host = await ManagedHost.StartAsync();
        var started = new TaskCompletionSource();
        host.Journal.Misbehaviour["beta start"] = token =>
        {
            token.Register(static () => throw new InvalidOperationException("the test wants it to be a nuisance"));
            started.SetResult();
            return Task.Delay(Timeout.Infinite, token);
        };
        var restart = host.Manager.RestartServiceAsync("beta", Token);
        await started.Task;
        await host.Host.StopAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restart);
        Assert.Contains("alpha stops", host.Journal.Entries);
        Assert.All(Enumerable.Range(host.Range.First, 9), static n => Assert.True(FreePorts.BecomesFree(n)));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_service_that_throws_when_its_start_is_given_up_hides_no_failure()
    {
        await using var host = ManagedHost.Build();
        host.Journal.Misbehaviour["alpha start"] = async token =>
        {
            token.Register(static () => throw new InvalidOperationException("the test wants it to be a nuisance"));
            host.Journal.Add("alpha is a nuisance");
            await Task.Delay(Timeout.Infinite, token);
        };
        host.Journal.Misbehaviour["beta start"] = async _ =>
        {
            while (!host.Journal.Entries.Contains("alpha is a nuisance"))
            {
                await Task.Yield();
            }

            throw new InvalidOperationException("the test wants it to fail");
        };
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        Assert.Equal(["beta"], e.Services);
    }

    [Fact]
    public async Task Many_operations_at_once_leave_what_is_told_true()
    {
        await using var host = await ManagedHost.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() => OperateAsync(host.Manager, new Random(worker)), Token)));
        foreach (var status in host.Manager.GetStatus())
        {
            Assert.Equal(status.State == PortState.Serving, status.Port is not null);
            Assert.Contains(status.State, (PortState[])[PortState.Serving, PortState.Released]);
        }

        foreach (var status in host.Manager.GetStatus().Where(static s => s is { Port: not null, Name: not "metrics" }))
        {
            Assert.Equal(status.Name, await ManagedHost.AskAsync(status.Port!.Value));
        }

        var held = host.Manager.GetStatus().Select(static s => s.Port).OfType<int>().ToHashSet();
        Assert.All(Enumerable.Range(host.Range.First, 9), n => Assert.True(FreePorts.Becomes(n, !held.Contains(n))));
    }

    [Fact]
    public async Task The_end_of_the_application_in_the_middle_of_anything_leaves_nothing()
    {
        for (var i = 0; i < 30; i++)
        {
            var host = await ManagedHost.StartAsync();
            var random = new Random(i);
            var operations = Enumerable.Range(0, 4).Select(worker => Task.Run(() => OperateAsync(host.Manager, new Random((i * 4) + worker)), Token)).ToList();
            for (var spin = random.Next(200); spin > 0; spin--)
            {
                await Task.Yield();
            }

            await host.Host.StopAsync(Token);
            await Task.WhenAll(operations);
            Assert.All(host.Manager.GetStatus(), static s => Assert.Equal((PortState.Released, null), (s.State, s.Port)));
            Assert.All(Enumerable.Range(host.Range.First, 9), static n => Assert.True(FreePorts.BecomesFree(n)));
            await host.DisposeAsync();
        }
    }

    private static PortRegistry Registry(ManagedHost host) => host.Host.Services.GetRequiredService<PortRegistry>();

    private static async Task StartAsSoonAsPossibleAsync(PortManager manager, string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await manager.StartServiceAsync(name, cancellationToken);
                return;
            }
            catch (InvalidOperationException)
            {
                // Not yet.
            }
        }
    }

    private static async Task OperateAsync(PortManager manager, Random random)
    {
        string[] names = ["alpha", "beta", "gamma"];
        for (var i = 0; i < 20; i++)
        {
            try
            {
                await (random.Next(7) switch
                {
                    0 => manager.RestartAllAsync(Token),
                    1 or 2 => manager.StopServiceAsync(names[random.Next(3)], Token),
                    3 or 4 => manager.StartServiceAsync(names[random.Next(3)], Token),
                    _ => manager.RestartServiceAsync(names[random.Next(3)], Token),
                });
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
