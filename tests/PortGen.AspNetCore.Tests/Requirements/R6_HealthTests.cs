using System.Net;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Requirements;

/// <summary>R6: what an orchestrator asks.</summary>
public sealed class R6_HealthTests
{
    // Each case has a host and ports of its own, and waits most of the time: a web service takes a tenth of a second to stop.
    private const int Threads = 4;

    private static readonly Gen<string?> s_healthPath = Gen.OneOf<string?>(null, "/api/health", "/healthz", "/");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P26_Health_live_and_ready_are_apart_and_ready_says_503_while_starting_and_draining() =>
        await Gen.Select(s_healthPath, Gen.Int[1, 3], Gen.OneOf("/health", "/probes", ""), Gen.Bool, Gen.Bool).SampleAsync(static async (healthPath, count, prefix, ownCheckFails, restarts) =>
        {
            var block = FreePorts.Block(3);
            using var gate = new Gate();
            WebSetup setup = new(app => app.MapPortHealth(prefix), builder =>
            {
                builder.Services.AddHealthChecks().AddCheck("own", () => ownCheckFails ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy());

                // Kestrel answers already when this holds up the start.
                builder.Services.AddHostedService(_ => gate);
            });
            PortDefinition[] ports = [.. Enumerable.Range(0, count).Select(i => new PortDefinition($"s{i}") { Port = block.First + i, HealthPath = healthPath })];
            await using var host = WebHost.Build(ports, [.. ports.Select(_ => setup)]);
            var starting = host.Host.StartAsync(Token);
            await gate.ReachedAsync(count);
            await AssertAllAsync(ready: false);
            gate.Open();
            await starting;
            await AssertAllAsync(ready: !ownCheckFails);
            if (restarts)
            {
                await host.Manager.RestartServiceAsync("s0", Token);
                await AssertAllAsync(ready: !ownCheckFails);
            }

            // The drain waits for whoever is told of it.
            Task? draining = null;
            host.Host.Services.GetRequiredService<PortRegistry>().Changed += (_, status) =>
            {
                if (status is { State: PortState.Draining } && status.Name == ports[^1].Name)
                {
                    draining = Task.Run(() => AssertAllAsync(ready: false));
                    draining.Wait(Token);
                }
            };
            await host.Host.StopAsync(Token);
            await draining!;

            async Task AssertAllAsync(bool ready)
            {
                foreach (var port in ports)
                {
                    using var client = WebHost.NewClient($"http://127.0.0.1:{port.Port}");
                    await AssertAsync(client, prefix + "/live", HttpStatusCode.OK, "Healthy");
                    foreach (var path in healthPath is null ? [prefix + "/ready"] : (string[])[prefix + "/ready", healthPath])
                    {
                        await AssertAsync(client, path, ready ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, ready ? "Healthy" : "Unhealthy");
                    }
                }
            }
        }, iter: 100, threads: Threads);

    private static async Task AssertAsync(HttpClient client, string path, HttpStatusCode code, string text)
    {
        using var answer = await client.GetAsync(path, Token);
        Assert.Equal((code, text), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token)));
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    /// <summary>Holds up starts, after Kestrel's, until it is opened.</summary>
    private sealed class Gate : IHostedLifecycleService, IDisposable
    {
        private readonly SemaphoreSlim _reached = new(0);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task ReachedAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await _reached.WaitAsync(Token);
            }
        }

        public void Open() => _open.TrySetResult();

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            _reached.Release();
            return _open.Task.WaitAsync(cancellationToken);
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        // The container of each web service disposes of it.
        public void Dispose()
        {
        }
    }
}
