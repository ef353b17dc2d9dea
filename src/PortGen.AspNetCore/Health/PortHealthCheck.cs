using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortGen.Status;

namespace PortGen.Health;

/// <summary>Whether ports are served: the application is not ready while it starts, and no more from the drain on.</summary>
/// <param name="registry">The ledger.</param>
/// <param name="service">The service whose ports count; <see langword="null"/> for all.</param>
internal sealed class PortHealthCheck(PortRegistry registry, string? service) : IHealthCheck
{
    public const string Name = "ports";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check([.. registry.Ports.Where(p => service is null || p.Service == service)]));

    private static HealthCheckResult Check(IReadOnlyList<PortStatus> all)
    {
        PortStatus[] ports = [.. all.Where(static p => p.IsExpected)];
        if (ports.FirstOrDefault(static p => p.State is PortState.Pending or PortState.Bound or PortState.Draining) is { } port)
        {
            return HealthCheckResult.Unhealthy($"{port.Name} is {StateNames.Of(port.State)}");
        }

        // None is to be held where a test has another server than Kestrel.
        if (!ports.Any(static p => p.State == PortState.Serving) && (ports.Length > 0 || all.Count == 0))
        {
            return HealthCheckResult.Unhealthy("no port is served");
        }

        // Something is missing, by an operator's hand or because it is optional; the rest serves.
        return ports.FirstOrDefault(static p => p.State != PortState.Serving) is { } missing
            ? HealthCheckResult.Degraded($"{missing.Name} is {StateNames.Of(missing.State)}")
            : HealthCheckResult.Healthy();
    }
}
