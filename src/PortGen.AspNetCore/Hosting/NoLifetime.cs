using Microsoft.Extensions.Hosting;

namespace PortGen.Hosting;

/// <summary>A web service lives as the application has it: one that heard signals itself would stop before the drain.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
