using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PortGen.Transport;

/// <summary>Lets Kestrel serve the connections of leases. Any other endpoint is left to the transports beside this one.</summary>
internal sealed class LeaseTransport(LeaseSource leases, IOptions<SocketTransportOptions> options, IConfiguration configuration, ILoggerFactory loggerFactory)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets");

    public bool CanBind(EndPoint endpoint) => endpoint is LeaseEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var lease = leases.Find(((LeaseEndPoint)endpoint).Name);
        RefuseSameNumber(lease);
        var connections = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions
            {
                IOQueueCount = options.Value.IOQueueCount,
                MaxReadBufferSize = options.Value.MaxReadBufferSize,
                MaxWriteBufferSize = options.Value.MaxWriteBufferSize,
                UnsafePreferInlineScheduling = options.Value.UnsafePreferInlineScheduling,
                WaitForDataBeforeAllocatingBuffer = options.Value.WaitForDataBeforeAllocatingBuffer,
            },
            _logger);
        return ValueTask.FromResult<IConnectionListener>(new LeaseListener(lease, leases, connections, options.Value.NoDelay));
    }

    // "Address already in use" would name nobody, and it is this very process.
    private void RefuseSameNumber(PortLease lease)
    {
        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            if (endpoint["Url"] is { } url && LeaseAddresses.PortOf(url) == lease.Port)
            {
                throw new InvalidOperationException(
                    $"{endpoint.Path} is {url}, but port {lease.Port} is the one that PortGen holds for '{lease.Name}': remove {endpoint.Path}; Ports:{lease.Name} configures the port");
            }
        }
    }
}
