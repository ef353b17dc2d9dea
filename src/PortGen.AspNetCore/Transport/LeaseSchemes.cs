using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;

namespace PortGen.Transport;

/// <summary>Tells each lease by which scheme Kestrel serves it, once it has bound all its endpoints, and lets it accept.</summary>
internal sealed class LeaseSchemes(LeaseSource leases, IServer server) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        string[] addresses = [.. server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
        foreach (var port in leases.Wanted)
        {
            var lease = leases.Find(port);
            lease.ReportServing(LeaseAddresses.SchemeOf(addresses, lease.Port) ?? Uri.UriSchemeHttp);
        }

        leases.Publish();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
