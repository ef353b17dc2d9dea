using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Services;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>What the application tells and leaves from its plan to the release of the last port.</summary>
public sealed class PortSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_tells_the_life_of_a_port()
    {
        var host = ManagedHost.Build(("Ports:DrainDelay", "0.01"));
        host.Configuration["Ports:beta:ExternalPort"] = "81";
        var log = host.Log;
        await host.Host.StartAsync(Token);
        await host.DisposeAsync();
        var (first, range) = (host.Range.First, host.Range);
        Assert.Equal(
            [
                (LogLevel.Debug, 20, $"beta: prefers {first + 1} (its attribute), range {range} (its attribute), on localhost (its attribute)"),
                (LogLevel.Information, 4, $"beta holds port {first + 1} (127.0.0.1:{first + 1}, [::1]:{first + 1})"),
                (LogLevel.Information, 6, $"beta serves on port {first + 1}, outside on port 81"),
                (LogLevel.Information, 10, $"beta has released port {first + 1}"),
            ],
            log.Entries.Where(static e => e.Text.StartsWith("beta", StringComparison.Ordinal)));
        Assert.Contains((LogLevel.Information, 5, $"metrics serves on port {first + 3}"), log.Entries);
        Assert.Equal((LogLevel.Information, 15, "Draining for 0.01 s before the services stop"), Assert.Single(log.Entries, static e => e.Id == 15));
        Assert.Equal(4, log.Entries.Count(static e => e.Id == 10));
    }

    [Fact]
    public async Task A_port_without_a_range_may_be_any()
    {
        await using var host = await ManagedHost.StartAsync(("Ports:metrics:Port", "0"));
        Assert.Contains(host.Log.Entries, static e => e.Id == 20 && e.Text.StartsWith("metrics: prefers 0 (", StringComparison.Ordinal) && e.Text.Contains("range any (", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_drain_delay_nothing_is_said_of_it()
    {
        await using var host = await ManagedHost.StartAsync();
        await host.Host.StopAsync(Token);
        Assert.DoesNotContain(host.Log.Entries, static e => e.Id == 15);
    }

    [Fact]
    public async Task Warnings_of_the_configuration_are_logged()
    {
        // Port 6000 (X11) is one that browsers refuse, and a health path makes the port one for HTTP.
        await using var host = ManagedHost.Build(("Ports:metrics:Port", "6000"), ("Ports:metrics:Required", "false"), ("Ports:metrics:HealthPath", "/up"));
        await host.Host.StartAsync(Token);
        Assert.Contains(host.Log.Entries, static e => e is (LogLevel.Warning, 14, _) && e.Text.StartsWith("PG0010: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_is_shown_before_anything_is_bound()
    {
        await using var host = ManagedHost.Build(("Ports:beta:ExternalPort", "81"));
        var registry = host.Host.Services.GetRequiredService<PortRegistry>();
        var pending = new List<PortStatus>();
        registry.Changed += (_, e) => pending.AddRange(pending.Count == 0 ? registry.Ports : []);
        using var holder = FreePorts.Occupy(host.Range.First + 1);
        await host.Host.StartAsync(Token);
        Assert.Equal(
            [("alpha", "alpha", 0, null), ("beta", "beta", 1, 81), ("gamma", "gamma", 2, null), ("metrics", "alpha", 3, null)],
            pending.Select(s => (s.Name, s.Service, s.PreferredPort - host.Range.First, s.ExternalPort)).OrderBy(static s => s.Name, StringComparer.Ordinal));
        Assert.All(pending, static s => Assert.Equal("localhost", s.Host));
    }

    [Fact]
    public async Task The_drain_ends_where_its_caller_s_patience_does()
    {
        await using var host = await ManagedHost.StartAsync(("Ports:DrainDelay", "60"));
        using var patience = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var stop = host.Host.StopAsync(patience.Token);
        await patience.CancelAsync();
        _ = await Record.ExceptionAsync(() => stop);

        // Told again, it has nothing to drain.
        await host.Host.StopAsync(Token);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.All(host.Manager.GetStatus(), static s => Assert.Equal((PortState.Released, null), (s.State, s.Port)));
    }

    [Fact]
    public async Task A_failed_service_ends_the_application_without_a_drain_and_stays_shown_as_failed()
    {
        var host = await ManagedHost.StartAsync(("Ports:DrainDelay", "60"));
        var (log, manager) = (host.Log, host.Manager);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        host.Journal.Misbehaviour["beta run"] = static _ => throw new InvalidOperationException("the test wants it");
        var clock = Stopwatch.StartNew();
        _ = await Record.ExceptionAsync(() => ManagedHost.AskAsync(host.Range.First + 1));
        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await host.DisposeAsync();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(log.Entries, static e => e.Id == 15);
        Assert.Equal((LogLevel.Critical, 13, "beta failed; the application stops"), Assert.Single(log.Entries, static e => e.Id == 13));
        Assert.All(manager.GetStatus(), static s => Assert.Equal((s.Name == "beta" ? PortState.Failed : PortState.Released, null), (s.State, s.Port)));
    }

    [Fact]
    public async Task A_service_that_can_t_be_created_fails_alone_and_the_ports_of_all_are_released()
    {
        var range = FreePorts.Block(2);
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        PortHostBuilderExtensions.AddPortServices(builder, new PortManifest(
            [
                PortServiceDefinition.For<Uncreatable>([new PortDefinition("bad") { Port = range.First }], []),
                PortServiceDefinition.For<Idle>([new PortDefinition("good") { Port = range.Last }], []),
            ],
            [["bad", "good"]]));
        using var host = builder.Build();
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => host.StartAsync(Token));
        Assert.Equal(["bad"], e.Services);
        Assert.Equal(
            [("bad", PortState.Failed, null), ("good", PortState.Released, (int?)null)],
            host.Services.GetRequiredService<PortRegistry>().Ports.OrderBy(static s => s.Name, StringComparer.Ordinal).Select(static s => (s.Name, s.State, s.Port)));
        Assert.All(Enumerable.Range(range.First, 2), static n => Assert.True(FreePorts.BecomesFree(n)));
    }

    [Fact]
    public async Task A_service_that_fails_during_the_start_of_another_is_the_reason_that_is_told()
    {
        await using var host = ManagedHost.Build();
        host.Journal.Misbehaviour["beta run"] = static _ => throw new InvalidOperationException("the test wants it");
        host.Journal.Misbehaviour["gamma start"] = async token =>
        {
            _ = await Record.ExceptionAsync(() => ManagedHost.AskAsync(host.Range.First + 1));
            await Task.Delay(Timeout.Infinite, token);
        };
        var e = await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        Assert.Equal(["beta"], e.Services);
    }

    [Fact]
    public async Task Of_two_services_that_fail_the_first_is_the_reason_that_is_told()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Journal.Misbehaviour["alpha run"] = static _ => throw new InvalidOperationException("the test wants it");
        host.Journal.Misbehaviour["beta run"] = static _ => throw new InvalidOperationException("the test wants it");
        using var end = host.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() =>
        {
            // Before anybody is told to stop.
            if (host.Log.Entries.Count(static e => e.Id == 13) == 1)
            {
                Assert.True(SpinWait.SpinUntil(() => host.Log.Entries.Count(static e => e.Id == 13) == 2, TimeSpan.FromSeconds(30)));
            }
        });
        _ = await Record.ExceptionAsync(() => ManagedHost.AskAsync(host.Range.First + 1));
        Assert.True(SpinWait.SpinUntil(() => host.Log.Entries.Any(static e => e.Id == 13), TimeSpan.FromSeconds(30)));
        _ = await Record.ExceptionAsync(() => ManagedHost.AskAsync(host.Range.First));
        Assert.True(SpinWait.SpinUntil(() => host.Log.Entries.Count(static e => e.Id == 13) == 2, TimeSpan.FromSeconds(30)));
        await host.Host.StopAsync(Token);
        Assert.Equal(["beta"], host.Host.Services.GetRequiredService<ServiceFailure>().First!.Services);
    }

    [Theory]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    public async Task Earlier_instances_are_looked_for_only_where_they_shall_be_ended(string forceRestart, int count)
    {
        await using var host = await ManagedHost.StartAsync(("Ports:ForceRestart", forceRestart));
        Assert.Equal(count, host.Log.Entries.Count(static e => e.Id == 36));
    }

    [Fact]
    public async Task A_restart_tells_the_plan_that_it_follows()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Configuration["Ports:beta:ExternalPort"] = "81";
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal(2, host.Log.Entries.Count(static e => e.Id == 20 && e.Text.StartsWith("beta: ", StringComparison.Ordinal)));
        Assert.Contains((LogLevel.Information, 6, $"beta serves on port {host.Range.First + 1}, outside on port 81"), host.Log.Entries);
    }

    [Fact]
    public async Task A_process_in_the_way_that_is_no_earlier_instance_is_not_called_one()
    {
        await using var host = ManagedHost.Build();
        await using var holder = AppProcess.Program(AppProcess.TestAppPath, "hold", $"{host.Range.First + 1}", "now");
        await holder.WaitForAsync("holding");
        await host.Host.StartAsync(Token);
        Assert.DoesNotContain("an earlier instance", Assert.Single(host.Log.Entries, static e => e.Id == 1).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_start_that_is_given_up_says_so_without_a_stack_trace(bool whileBinding)
    {
        await using var host = ManagedHost.Build(("Ports:BindTimeout", "60"));
        using var cancellation = new CancellationTokenSource();
        using var holder = whileBinding ? FreePorts.Occupy(host.Range.First + 3) : null;
        host.Journal.Misbehaviour["beta start"] = token => Task.Delay(Timeout.Infinite, token);
        var start = host.Host.StartAsync(cancellation.Token);
        Assert.True(SpinWait.SpinUntil(() => whileBinding ? host.Log.Entries.Any(static e => e.Id == 9) : host.Journal.Entries.Contains("beta starts"), TimeSpan.FromSeconds(30)));
        await cancellation.CancelAsync();
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.Equal("The application was told to stop before it had started; everything was rolled back.", e.Message);
        Assert.DoesNotContain("PortHostedService", e.StackTrace ?? "", StringComparison.Ordinal);
        Assert.Equal(!whileBinding, host.Host.Services.GetRequiredService<ServiceControl>().HasServices);
        Assert.All(Enumerable.Range(host.Range.First, 9).Where(n => holder is null || n != host.Range.First + 3), static n => Assert.True(FreePorts.BecomesFree(n)));
    }

    internal sealed class Idle : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    internal sealed class Uncreatable : IPortService
    {
        public Uncreatable() => throw new NotSupportedException("the test wants it");

        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
