using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;

namespace PortGen.Transport;

/// <summary>Tells the registry which ports Kestrel serves by HTTPS, once it does: their addresses say so.</summary>
internal sealed class LeaseSchemes(LeaseSource leases, IServer server, PortRegistry registry) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var secure = (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            .Select(static a => new Uri(a)).Where(static u => u.Scheme == Uri.UriSchemeHttps).Select(static u => u.Port).ToHashSet();
        foreach (var port in leases.Wanted)
        {
            var scheme = secure.Contains(leases.Find(port).Port) ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
            registry.Update(port, s => s with { Scheme = scheme });
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
