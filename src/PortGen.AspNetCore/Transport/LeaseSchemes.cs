using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;

namespace PortGen.Transport;

/// <summary>Tells each lease by which scheme Kestrel serves it, once it does.</summary>
internal sealed class LeaseSchemes(LeaseSource leases, IServer server) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var secure = (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            .Select(static a => Uri.TryCreate(a, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps ? url.Port : 0).ToHashSet();
        foreach (var port in leases.Wanted)
        {
            var lease = leases.Find(port);
            lease.ReportServing(secure.Contains(lease.Port) ? Uri.UriSchemeHttps : Uri.UriSchemeHttp);
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
