using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VectorDb.Vectors;

/// <summary>Degraded from a write that found no room on the disk until one that did: searches are answered all the while.</summary>
internal sealed class StorageHealth(VectorStore vectors) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(vectors.IsDiskFull ? HealthCheckResult.Degraded("the disk is full") : HealthCheckResult.Healthy());
}
