using System.Net.Sockets;
using System.Threading.Channels;

namespace PortGen.Binding;

/// <summary>Accepts connections for a lease: one loop per socket, so that no accept is ever raced or cancelled, which would lose connections.</summary>
internal sealed class ConnectionQueue(IReadOnlyList<Socket> sockets)
{
    // Nearly everything waits in the system's queue; here it is only what a loop has in hand.
    private const int Capacity = 1;

    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(50);

    private readonly Channel<Socket> _accepted = Channel.CreateBounded<Socket>(Capacity);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();
    private bool _started;

    public bool IsClosed => _closed.IsCancellationRequested;

    /// <summary>The next connection.</summary>
    public async ValueTask<Socket> DequeueAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Start();
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(PortLease), "The port was released; no more connections come in.");
        }
    }

    /// <summary>Ends the loops (their sockets are closed) and closes what was accepted and never asked for.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _started = true;
            _closed.Cancel();
            _accepted.Writer.TryComplete();
        }

        while (_accepted.Reader.TryRead(out var connection))
        {
            connection.Dispose();
        }
    }

    // Only when somebody asks: a server with its own accept loop must find every connection in the system's queue.
    private void Start()
    {
        lock (_lock)
        {
            if (_started)
            {
                return;
            }

            _started = true;
        }

        foreach (var socket in sockets)
        {
            _ = AcceptLoopAsync(socket);
        }
    }

    private async Task AcceptLoopAsync(Socket socket)
    {
        while (!IsClosed)
        {
            Socket? connection = null;
            try
            {
                connection = await socket.AcceptAsync().ConfigureAwait(false);
                await _accepted.Writer.WriteAsync(connection, _closed.Token).ConfigureAwait(false);
            }
            catch (SocketException) when (!IsClosed)
            {
                // The client went away again, or the process has no descriptor left: neither ends the service.
                await Task.Delay(s_pauseAfterFailure, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or ChannelClosedException)
            {
                connection?.Dispose();
                return;
            }
        }
    }
}
