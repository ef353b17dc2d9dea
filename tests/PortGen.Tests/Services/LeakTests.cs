using PortGen.Binding;
using PortGen.Configuration;
using PortGen.Platform;
using PortGen.Tests.Hosting;
using PortGen.Tests.Support;

namespace PortGen.Tests.Services;

/// <summary>Whatever fails, no socket is left. Nothing else runs meanwhile, or its sockets would be counted too.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
[Collection(nameof(LeakTests))]
public sealed class LeakTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Ports:gamma:Port=80", typeof(PortConfigurationException))]
    [InlineData("Ports:gamma:Host=192.0.2.1", typeof(PortUnavailableException))]
    [InlineData("gamma start", typeof(PortServiceStartException))]
    [InlineData("cancelled", typeof(OperationCanceledException))]
    public async Task A_start_that_fails_leaves_no_socket(string how, Type failure)
    {
        var before = OpenSockets.Count();
        var setting = how.Split('=');
        var host = setting is [var key, var value] ? ManagedHost.Build((key, value)) : ManagedHost.Build();
        using var cancellation = new CancellationTokenSource();
        host.Journal.Misbehaviour["gamma start"] = token => how switch
        {
            "gamma start" => throw new InvalidOperationException("the test wants it to fail"),
            "cancelled" => WaitAsync(cancellation, token),
            _ => Task.CompletedTask,
        };
        Assert.True(failure.IsInstanceOfType(await Record.ExceptionAsync(() => host.Host.StartAsync(cancellation.Token))));
        await ((IAsyncDisposable)host.Host).DisposeAsync();
        Assert.Equal(before, OpenSockets.Count());
    }

    [Fact]
    public async Task Operations_that_fail_leave_no_socket()
    {
        var before = OpenSockets.Count();
        await using (var host = ManagedHost.Build())
        {
            await host.Host.StartAsync(Token);
            var serving = OpenSockets.Count();
            using (FreePorts.Occupy(host.Range.Last))
            {
                // The first number can be had, the second can't.
                host.Configuration["Ports:alpha:Port"] = $"{host.Range.Last - 1}";
                host.Configuration["Ports:metrics:Port"] = $"{host.Range.Last}";
                await Assert.ThrowsAsync<PortUnavailableException>(() => host.Manager.RestartServiceAsync("alpha", Token));
            }

            Assert.Equal(serving, OpenSockets.Count());
            host.Journal.Misbehaviour["beta start"] = static _ => throw new InvalidOperationException("the test wants it to fail");
            await Assert.ThrowsAsync<PortServiceStartException>(() => host.Manager.RestartServiceAsync("beta", Token));
            Assert.Equal(serving - 2, OpenSockets.Count());
            await Assert.ThrowsAsync<PortServiceStartException>(() => host.Manager.RestartAllAsync(Token));
            Assert.Equal(before, OpenSockets.Count());
        }

        Assert.Equal(before, OpenSockets.Count());
    }

    [Theory]
    [InlineData(nameof(ListenProbing.Managed))]
    [InlineData(nameof(ListenProbing.Native))]
    public async Task Binding_that_fails_or_is_given_up_leaves_no_socket(string probing)
    {
        var before = OpenSockets.Count();
        var range = FreePorts.Block(6);
        using (FreePorts.Occupy(range.First, System.Net.IPAddress.IPv6Loopback))
        {
            var plan = Plans.Of(Manifests.Of(
                Manifests.Port("taken", range.First), Manifests.Port("any", 0), Manifests.Port("free", range.First + 1, new PortRange(range.First + 1, range.Last))));
            var registry = new PortRegistry();
            registry.Open(plan.Ports.Select(static p => new PortStatus { Name = p.Name, Service = p.Name, PreferredPort = p.Port, Host = p.Host }));
            var options = new BindOptions { Probing = Enum.Parse<ListenProbing>(probing) };
            Task Bind(PortPlan how, CancellationToken token) => PortBinder.BindAsync(how, registry, new TestLog(), token, options);
            await Assert.ThrowsAsync<PortUnavailableException>(() => Bind(plan with { BindTimeout = TimeSpan.FromMilliseconds(250) }, Token));
            Assert.Equal(PortState.Failed, registry.GetPort("taken").State);
            using var cancellation = new CancellationTokenSource();
            var binding = Bind(plan with { BindTimeout = TimeSpan.FromHours(1) }, cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => binding);
        }

        Assert.Equal(before, OpenSockets.Count());
    }

    private static async Task WaitAsync(CancellationTokenSource cancellation, CancellationToken cancellationToken)
    {
        await cancellation.CancelAsync();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
