using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Hosting;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>What an application's own log says of a start that did not succeed.</summary>
public sealed class HostStartLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_of_the_application_logs_a_failed_start_once_with_its_exception()
    {
        await using var host = ManagedHost.Build();
        host.Journal.Misbehaviour["beta start"] = static _ => throw new InvalidOperationException("beta can't");
        var thrown = await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        var entry = Assert.Single(host.Log.Entries, static e => e.Level >= LogLevel.Error);
        Assert.Equal((42, $"The application failed to start: {thrown.Message}"), (entry.Id, entry.Text));
    }

    [Fact]
    public async Task A_start_that_was_told_to_stop_is_no_error()
    {
        await using var host = ManagedHost.Build();
        var lifetime = host.Host.Services.GetRequiredService<IHostApplicationLifetime>();
        host.Journal.Misbehaviour["beta start"] = token =>
        {
            lifetime.StopApplication();
            return Task.Delay(Timeout.Infinite, token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Host.StartAsync(Token));
        Assert.DoesNotContain(host.Log.Entries, static e => e.Level >= LogLevel.Error);
        Assert.Equal(LogLevel.Information, Assert.Single(host.Log.Entries, static e => e.Id == 43).Level);
    }

    [Fact]
    public async Task Another_logger_factory_is_told_the_same()
    {
        using var factory = new OtherFactory();
        var code = await PortApplication.RunAsync(
            Manifests.Of(Manifests.Port("web", FreePorts.Block(1).First)),
            [],
            b =>
            {
                b.Services.AddSingleton<ILoggerFactory>(factory);
                b.Services.AddHostedService<Failing>();
            },
            Token);
        Assert.Equal(PortExitCode.ServiceFailed, code);
        var entry = Assert.Single(factory.Log.Entries, static e => e.Level >= LogLevel.Error);
        Assert.Equal((42, "The application failed to start: it can't"), (entry.Id, entry.Text));
    }

    [Fact]
    public void It_is_added_once()
    {
        var services = new ServiceCollection().AddLogging();
        HostStartLog.AddTo(services);
        HostStartLog.AddTo(services);
        var descriptor = Assert.Single(services, static s => s.ServiceType == typeof(ILoggerFactory));
        using var provider = services.BuildServiceProvider();
        Assert.IsType<HostStartLog>(provider.GetRequiredService<ILoggerFactory>());
        HostStartLog.AddTo(services);
        Assert.Same(descriptor, Assert.Single(services, static s => s.ServiceType == typeof(ILoggerFactory)));
    }

    private sealed class Failing : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("it can't");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class OtherFactory : ILoggerFactory
    {
        public TestLog Log { get; } = new();

        public ILogger CreateLogger(string categoryName) => Log;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
