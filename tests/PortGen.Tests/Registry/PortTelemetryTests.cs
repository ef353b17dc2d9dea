using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using PortGen.Tests.Hosting;
using PortGen.Tests.Support;

namespace PortGen.Tests.Registry;

/// <summary>What a listener of the meter and the activity source named PortGen gets to know.</summary>
public sealed class PortTelemetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_instrument_tells_of_the_start()
    {
        await using var host = ManagedHost.Build();
        using var measured = new Measurements(host);
        using var holder = FreePorts.Occupy(host.Range.First + 1);
        await host.Host.StartAsync(Token);

        // Beta's number is taken, and the next ones are preferred by others.
        Assert.Equal(
            [
                "portgen.bind.attempts alpha 1", "portgen.bind.attempts beta 2", "portgen.bind.attempts gamma 1", "portgen.bind.attempts metrics 1",
                "portgen.bind.conflicts beta 1", "portgen.bind.fallbacks beta 1",
            ],
            measured.Counts.Order(StringComparer.Ordinal));
        var durations = measured.Durations.OrderBy(static d => d.Seconds).ToList();
        Assert.Equal([("portgen.bind.duration", "s"), ("portgen.start.duration", "s")], durations.Select(static d => (d.Name, d.Unit)));
        Assert.All(durations, static d => Assert.InRange(d.Seconds, 1e-6, 60));
    }

    [Fact]
    public async Task A_restart_counts_what_it_binds_and_nothing_else()
    {
        await using var host = await ManagedHost.StartAsync();
        using var measured = new Measurements(host);
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Empty(measured.Counts);
        host.Configuration["Ports:beta:Port"] = $"{host.Range.Last}";
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal(["portgen.bind.attempts beta 1"], measured.Counts);
    }

    [Fact]
    public async Task A_start_that_fails_is_not_measured_as_one()
    {
        await using var host = ManagedHost.Build();
        using var measured = new Measurements(host);
        host.Journal.Misbehaviour["beta start"] = static _ => throw new InvalidOperationException("the test wants it to fail");
        await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        Assert.Equal(["portgen.bind.duration"], measured.Durations.Select(static d => d.Name));
    }

    [Fact]
    public async Task There_is_a_span_for_the_binding_each_wave_and_each_service_in_it()
    {
        await using var host = ManagedHost.Build();
        using var root = new Activity("the test's").Start();
        using var spans = new Spans(root);
        await host.Host.StartAsync(Token);
        Assert.Equal(
            [
                "portgen.bind portgen.ports=4 in the test's",
                "portgen.service portgen.service=alpha in portgen.wave alpha,beta",
                "portgen.service portgen.service=beta in portgen.wave alpha,beta",
                "portgen.service portgen.service=gamma in portgen.wave gamma",
                "portgen.wave portgen.services=alpha,beta in the test's",
                "portgen.wave portgen.services=gamma in the test's",
            ],
            spans.Ended.Order(StringComparer.Ordinal));

        // Nothing is bound where nothing has moved.
        spans.Ended.Clear();
        await host.Manager.RestartServiceAsync("beta", Token);
        Assert.Equal(["portgen.service portgen.service=beta in the test's"], spans.Ended);
    }

    [Fact]
    public async Task What_a_service_does_once_it_runs_is_no_part_of_its_start()
    {
        await using var host = ManagedHost.Build();
        using var root = new Activity("the test's").Start();
        using var spans = new Spans(root);
        Activity? current = root;
        host.Journal.Misbehaviour["alpha run"] = _ =>
        {
            current = Activity.Current;
            return Task.CompletedTask;
        };
        await host.Host.StartAsync(Token);
        Assert.Equal("alpha", await ManagedHost.AskAsync(host.Range.First));
        Assert.Null(current);
    }

    /// <summary>The measurements of one host: others run in this process at the same time.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Measurements(ManagedHost host)
        {
            var factory = host.Host.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "PortGen" && instrument.Meter.Scope == factory)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
            {
                Assert.Equal("portgen.port", Assert.Single(tags.ToArray()).Key);
                Counts.Add($"{instrument.Name} {tags[0].Value} {count}");
            });
            _listener.SetMeasurementEventCallback<double>((instrument, seconds, _, _) => Durations.Add((instrument.Name, instrument.Unit!, seconds)));
            _listener.Start();
        }

        public ConcurrentBag<string> Counts { get; } = [];

        public ConcurrentBag<(string Name, string Unit, double Seconds)> Durations { get; } = [];

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>The spans of one trace.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ActivityListener _listener;

        public Spans(Activity root)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == "PortGen",
                Sample = static (ref _) => ActivitySamplingResult.AllData,
                ActivityStopped = span =>
                {
                    if (span.TraceId == root.TraceId)
                    {
                        var parent = span.Parent!;
                        var wave = parent.GetTagItem("portgen.services");
                        Ended.Add($"{span.OperationName} {string.Join(' ', span.TagObjects.Select(static t => $"{t.Key}={t.Value}"))} in {$"{parent.OperationName} {wave}".TrimEnd()}");
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public ConcurrentBag<string> Ended { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
