using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace PortGen.Transport;

/// <summary>Gives Kestrel the connections of a lease, whose sockets stay the lease's own.</summary>
internal sealed class LeaseListener(PortLease lease, LeaseSource leases, SocketConnectionContextFactory connections, bool noDelay) : IConnectionListener
{
    // Kestrel closes a connection that has sent nothing yet as soon as this listener is unbound. A client that has just connected was
    // promised an answer: without the wait, 2 % of the connections under load were closed without one.
    private static readonly TimeSpan s_timeToSend = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _unbound = new();

    // An address, since Kestrel shows it; the lease may have more.
    public EndPoint EndPoint => lease.EndPoints[0];

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? connection = null;
            try
            {
                await leases.WaitUntilOpenAsync(_unbound.Token).ConfigureAwait(false);
                connection = await lease.AcceptAsync(_unbound.Token).ConfigureAwait(false);
                connection.NoDelay = noDelay;
                return connections.Create(connection);
            }
            catch (SocketException)
            {
                // The client has gone before its connection was served.
                connection?.Dispose();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <summary>No more connections, but an answer for everyone who has one.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (!await lease.StopAcceptingAsync().ConfigureAwait(false))
        {
            // The sockets go on listening: clients wait in their queue for the next start.
            await _unbound.CancelAsync().ConfigureAwait(false);
        }

        await Task.Delay(s_timeToSend, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await _unbound.CancelAsync().ConfigureAwait(false);
        connections.Dispose();
    }
}
