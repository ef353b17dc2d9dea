extern alias Runtime;

using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runtime::PortGen;

namespace PortGen.Benchmarks.Runtime;

/// <summary>Three empty services, from nothing to serving, beside a plain Generic Host with three hosted services.</summary>
public class StartBenchmarks
{
    private readonly PortManifest _manifest = new(
        [.. Enumerable.Range(0, 3).Select(static i => PortServiceDefinition.For<Plans.IdleService>([new PortDefinition($"p{i}") { Port = Plans.First + i }], []))],
        [["p0", "p1", "p2"]]);

    private IHost? _host;
    private PortApplication? _application;

    [Benchmark(Baseline = true)]
    public async Task GenericHost()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostedService>(new IdleHostedService());
        builder.Services.AddSingleton<IHostedService>(new IdleHostedService());
        builder.Services.AddSingleton<IHostedService>(new IdleHostedService());
        _host = builder.Build();
        await _host.StartAsync();
    }

    [Benchmark]
    public async Task PortGen() =>
        _application = await PortApplication.StartAsync(_manifest, static host => new Application(host), configure: static b => b.Logging.ClearProviders());

    [IterationCleanup]
    public void Stop()
    {
        _host?.StopAsync().GetAwaiter().GetResult();
        _host?.Dispose();
        _host = null;
        _application?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _application = null;
    }

    private sealed class Application(IHost host) : PortApplication(host);

    private sealed class IdleHostedService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
