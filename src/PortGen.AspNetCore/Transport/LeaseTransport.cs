using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PortGen.Transport;

/// <summary>Lets Kestrel serve the connections of leases. Any other endpoint is left to the transports beside this one.</summary>
internal sealed class LeaseTransport(LeaseSource leases, IOptions<SocketTransportOptions> options, ILoggerFactory loggerFactory)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets");

    public bool CanBind(EndPoint endpoint) => endpoint is LeaseEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var lease = leases.Find(((LeaseEndPoint)endpoint).Name);
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
}
