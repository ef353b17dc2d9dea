using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortGen.Health;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Health;

public sealed class PortHealthCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ready_is_who_serves_degraded_who_lacks_a_part_and_nobody_is_who_starts_or_drains() =>
        await Gen.Select(Gen.Select(Gen.Enum<PortState>(), Gen.OneOf("rest", "oauth")).Array[1, 5], Gen.OneOf<string?>(null, "rest")).SampleAsync(static async (ports, service) =>
        {
            var registry = new PortRegistry();
            registry.Open(ports.Select(static (p, i) => new PortStatus { Name = $"p{i}", Service = p.Item2, PreferredPort = 0, Host = "*" }));
            for (var i = 0; i < ports.Length; i++)
            {
                registry.Bring($"p{i}", ports[i].Item1);
            }

            var states = ports.Where(p => service is null || p.Item2 == service).Select(static p => p.Item1).ToList();
            var expected = states.Exists(static s => s is PortState.Pending or PortState.Bound or PortState.Draining) ? HealthStatus.Unhealthy
                : !states.Contains(PortState.Serving) ? HealthStatus.Unhealthy
                : states.TrueForAll(static s => s == PortState.Serving) ? HealthStatus.Healthy : HealthStatus.Degraded;
            var result = await new PortHealthCheck(registry, service).CheckHealthAsync(new HealthCheckContext(), Token);
            Assert.Equal(expected, result.Status);
            Assert.Equal(expected == HealthStatus.Healthy, result.Description is null);
        });

    [Fact]
    public async Task An_application_without_health_checks_is_told_so()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        var e = Assert.Throws<InvalidOperationException>(() => app.MapPortHealth());
        Assert.Contains("AddHealthChecks", e.Message, StringComparison.Ordinal);
    }
}
