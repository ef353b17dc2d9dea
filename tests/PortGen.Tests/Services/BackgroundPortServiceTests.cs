using PortGen.Tests.Support;

namespace PortGen.Tests.Services;

public sealed class BackgroundPortServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_runs_from_start_to_stop_and_can_start_again()
    {
        using var bound = BindAttempt.Of(Manifests.Port("web", 0));
        var lease = bound.Leases!["web"];
        using var service = new Service();
        Assert.Null(service.ExecuteTask);
        await service.StopAsync(Token);

        for (var run = 0; run < 2; run++)
        {
            var before = service.Stopping;
            service.Began = new TaskCompletionSource<PortLease>();
            await service.StartAsync(lease, Token);
            Assert.Same(lease, await service.Began.Task.WaitAsync(TimeSpan.FromSeconds(30), Token));
            Assert.True(run == 0 || IsDisposed(before));
            var execution = service.ExecuteTask!;
            Assert.False(execution.IsCompleted);
            await service.StopAsync(Token);
            Assert.True(execution.IsCanceled);
        }
    }

    [Fact]
    public async Task A_start_that_blocks_before_its_first_await_holds_nobody_up()
    {
        using var bound = BindAttempt.Of(Manifests.Port("web", 0));
        using var service = new Service { BlocksUntilStopped = true };
        await service.StartAsync(bound.Leases!["web"], Token);
        await service.StopAsync(Token);
        Assert.True(service.ExecuteTask!.IsCompleted);
    }

    [Fact]
    public async Task A_start_without_a_lease_or_given_up_runs_nothing()
    {
        using var bound = BindAttempt.Of(Manifests.Port("web", 0));
        using var service = new Service();
        await Assert.ThrowsAsync<ArgumentNullException>("lease", () => service.StartAsync(null!, Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.StartAsync(bound.Leases!["web"], new CancellationToken(canceled: true)));
        Assert.Null(service.ExecuteTask);
    }

    [Fact]
    public async Task A_stop_waits_no_longer_than_its_token_and_tells_nothing_of_how_the_run_ended()
    {
        using var bound = BindAttempt.Of(Manifests.Port("web", 0));
        using var stubborn = new Service { EndsWhenReleased = new TaskCompletionSource() };
        await stubborn.StartAsync(bound.Leases!["web"], Token);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stubborn.StopAsync(timeout.Token));
        stubborn.EndsWhenReleased.SetException(new InvalidOperationException("broken"));
        await stubborn.StopAsync(Token);
        Assert.True(stubborn.ExecuteTask!.IsFaulted);
    }

    [Fact]
    public async Task Disposing_of_it_ends_the_run()
    {
        using var bound = BindAttempt.Of(Manifests.Port("web", 0));
        var service = new Service { Began = new TaskCompletionSource<PortLease>() };
        await service.StartAsync(bound.Leases!["web"], Token);
        await service.Began.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        service.Dispose();
        Assert.True(IsDisposed(service.Stopping));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.True(service.ExecuteTask!.IsCanceled);
        service.Dispose();
        await service.StopAsync(Token);
    }

    [Fact]
    public void The_start_s_failure_names_each_service_and_has_each_reason()
    {
        var (a, b) = (new InvalidOperationException("no disk"), new InvalidOperationException("no key"));
        var one = new PortServiceStartException([("web", a)]);
        Assert.Equal(("PG3002: Service 'web' failed to start: no disk", a), (one.Message, one.InnerException));
        var both = new PortServiceStartException([("web", a), ("api", b)]);
        Assert.Equal("PG3002: Service 'web' failed to start: no disk\nPG3002: Service 'api' failed to start: no key", both.Message);
        Assert.Equal([a, b], Assert.IsType<AggregateException>(both.InnerException).InnerExceptions);
        Assert.Equal(["web", "api"], both.Services);
        Assert.Throws<ArgumentNullException>("failures", () => new PortServiceStartException(null!));
    }

    private static bool IsDisposed(CancellationToken token)
    {
        try
        {
            return token.WaitHandle is null;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private sealed class Service : BackgroundPortService
    {
        public CancellationToken Stopping { get; private set; }

        public TaskCompletionSource<PortLease>? Began { get; set; }

        public bool BlocksUntilStopped { get; init; }

        public TaskCompletionSource? EndsWhenReleased { get; init; }

        protected override async Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken)
        {
            Stopping = stoppingToken;
            Began?.SetResult(lease);
            if (BlocksUntilStopped)
            {
                stoppingToken.WaitHandle.WaitOne();
            }

            await (EndsWhenReleased?.Task ?? Task.Delay(Timeout.Infinite, stoppingToken));
        }
    }
}
