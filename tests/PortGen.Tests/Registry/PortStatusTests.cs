using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Registry;

public sealed class PortStatusTests
{
    private static readonly PortStatus s_web = new() { Name = "web", Service = "web", PreferredPort = 8080, Host = "localhost" };

    [Theory]
    [InlineData(null, 8080, false, null)]
    [InlineData(8080, 8080, false, "tcp://localhost:8080")]
    [InlineData(8081, 8080, true, "tcp://localhost:8081")]
    [InlineData(8081, 0, false, "tcp://localhost:8081")]
    [InlineData(null, 0, false, null)]
    public void A_fallback_is_another_port_than_the_one_that_was_asked_for(int? port, int requested, bool isFallback, string? url)
    {
        var status = s_web with { Port = port, PreferredPort = requested };
        Assert.Equal((isFallback, url, PortState.Pending), (status.IsFallback, status.Url, status.State));
    }

    [Theory]
    [InlineData(null, null, "tcp://localhost:8080")]
    [InlineData("/health", null, "http://localhost:8080")]
    [InlineData(null, "https", "https://localhost:8080")]
    [InlineData("/health", "https", "https://localhost:8080")]
    public void Its_address_has_the_scheme_that_is_served_or_what_is_known(string? healthPath, string? scheme, string url) =>
        Assert.Equal(url, (s_web with { Port = 8080, HealthPath = healthPath, Scheme = scheme }).Url);

    [Theory]
    [InlineData(null, "https://shop.example.org", null, null)]
    [InlineData(8081, null, null, "tcp://localhost:8081")]
    [InlineData(8081, null, 443, "tcp://localhost:443")]
    [InlineData(8081, "https://shop.example.org/api/", 443, "https://shop.example.org/api")]
    public void The_address_for_others_is_the_configured_one_or_has_the_external_port(int? port, string? configured, int? external, string? url) =>
        Assert.Equal(url, (s_web with { Port = port, ConfiguredUrl = configured, ExternalPort = external }).PublicUrl);

    [Fact]
    public void A_snapshot_is_made_once_for_each_change()
    {
        var registry = new PortRegistry();
        Assert.Empty(registry.Ports);
        registry.Open([s_web, s_web with { Name = "metrics" }, s_web with { Name = "api", Service = "api" }]);
        var before = registry.Ports;
        Assert.Same(before, registry.Ports);
        registry.Serving("web");
        Assert.Same(before, registry.Ports);
        registry.Failed("web");
        Assert.Equal([PortState.Failed, PortState.Pending, PortState.Pending], registry.Ports.Select(static p => p.State));
        registry.Open([s_web]);
        Assert.Equal([s_web], registry.Ports);
        registry.Open([s_web with { Name = "api" }, s_web]);
        registry.Bound("web", 1, DateTimeOffset.UnixEpoch);
        Assert.Equal([null, 1], registry.Ports.Select(static p => p.Port));
    }

    [Fact]
    public void A_name_that_no_port_has_is_answered_with_those_there_are()
    {
        var registry = new PortRegistry();
        registry.Open([s_web, s_web with { Name = "api" }]);
        Assert.Equal("No port is named 'nothing'; the ports are web, api.", Assert.Throws<KeyNotFoundException>(() => registry.GetPort("nothing")).Message);
    }

    [Fact]
    public void A_subscriber_that_throws_is_logged_and_disturbs_nobody()
    {
        var log = new TestLog();
        using var factory = LoggerFactory.Create(b => b.AddProvider(new Provider(log)));
        foreach (var registry in new[] { new PortRegistry(factory.CreateLogger<PortRegistry>()), new PortRegistry() })
        {
            registry.Open([s_web]);
            var told = new List<(object? Sender, PortState State)>();
            registry.Changed += static (_, _) => throw new InvalidOperationException("broken");
            registry.Changed += (sender, status) => told.Add((sender, status.State));
            registry.Bound("web", 8080, DateTimeOffset.UnixEpoch);
            Assert.Equal([(registry, PortState.Bound)], told);
        }

        Assert.Contains("web", Assert.Single(log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_have_names_units_and_the_port()
    {
        using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var seen = new List<string>();
        using var listener = new MeterListener();
        var factory = provider.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "PortGen" && instrument.Meter.Scope == factory)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => seen.Add($"{i.Name} {i.Unit} {i.Description} {value} {tags[0].Key}={tags[0].Value}"));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => seen.Add($"{i.Name} {i.Unit} {i.Description} {value} {tags.Length}"));
        listener.Start();

        var telemetry = new PortTelemetry(factory);
        telemetry.Attempted("web", 0);
        telemetry.Attempted("web", 3);
        telemetry.Conflicted("web");
        telemetry.FellBack("web");
        telemetry.Bound(TimeSpan.FromSeconds(2));
        telemetry.Ready(TimeSpan.FromMinutes(1));
        Assert.Equal(
            [
                "portgen.bind.attempts {attempt} Port numbers that were tried 3 portgen.port=web",
                "portgen.bind.conflicts {port} Ports that could not have their preferred number 1 portgen.port=web",
                "portgen.bind.fallbacks {port} Ports that got another number than the preferred one 1 portgen.port=web",
                "portgen.bind.duration s From the plan until every port is held 2 0",
                "portgen.start.duration s From the plan until every service serves 60 0",
            ],
            seen);
        Assert.Equal("PortGen", PortTelemetry.Source.Name);
    }

    private sealed class Provider(TestLog log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
