using System.Net.Sockets;
using PortGen.Platform.Linux;

namespace PortGen.Binding;

/// <summary>Accepts connections for a lease: one loop per socket, so that no accept is ever raced, which would lose connections.</summary>
/// <param name="sockets">The sockets, which listen.</param>
/// <param name="isOpen">Whether it accepts as soon as somebody asks; else from <see cref="Open"/> on.</param>
/// <param name="isShared">Whether other processes hold the sockets too. Then nothing is done to a socket that they would notice.</param>
internal sealed class ConnectionQueue(IReadOnlyList<Socket> sockets, bool isOpen = true, Func<bool>? isShared = null)
{
    private const int RoomForAll = int.MaxValue / 2;

    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(50);

    // A client that was let in has sent the rest of its handshake, and is connected by its own account, within this time.
    private static readonly TimeSpan s_roundTrip = TimeSpan.FromMilliseconds(50);

    // Clients that come faster than they can be taken don't keep a port from closing.
    private static readonly TimeSpan s_timeToTake = TimeSpan.FromSeconds(1);

    // Nearly everything waits in the system's queue; here there is one connection, and what each loop has in hand.
    private readonly SemaphoreSlim _room = new(1);

    // Not a bounded channel: its ReadAsync, cancelled while an item comes in, loses that item now and then (.NET 10.0.12: 3 in 500,000).
    private readonly SemaphoreSlim _available = new(0);
    private readonly Queue<Socket> _accepted = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();

    // Ends the accepts alone; what one of them returns all the same is served.
    private readonly CancellationTokenSource _quiet = new();
    private readonly OpenConnections _connections = new();
    private Task[] _loops = [];
    private bool _isOpen = isOpen;
    private bool _isWanted;
    private bool _started;
    private bool _finishing;

    public bool IsClosed => _closed.IsCancellationRequested;

    /// <summary>How many connections were accepted and are not closed yet, by whoever serves them or by the client.</summary>
    public int CountOpen()
    {
        lock (_lock)
        {
            return _connections.Count();
        }
    }

    /// <summary>Accepts from now on, if somebody asks.</summary>
    public void Open()
    {
        bool isWanted;
        lock (_lock)
        {
            _isOpen = true;
            isWanted = _isWanted;
        }

        if (isWanted)
        {
            Start();
        }
    }

    /// <summary>
    /// Accepts no more, and ends once no accept is outstanding: another process can go on accepting on the same sockets. What was accepted may be dequeued; whoever
    /// waits for more waits until the end. It may be called again.
    /// </summary>
    public async Task QuietAsync()
    {
        Task[] loops;
        lock (_lock)
        {
            _started = true;
            if (!_finishing)
            {
                _finishing = true;
                _room.Release(RoomForAll);
            }

            loops = _loops;
        }

        await _quiet.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(false);
    }

    /// <summary>The next connection.</summary>
    public async ValueTask<Socket> DequeueAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Start();
        await _available.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (_accepted.TryDequeue(out var connection))
            {
                _room.Release();
                return connection;
            }
        }

        // Closed: whoever else waits learns it from the next.
        _available.Release();
        throw new ObjectDisposedException(nameof(PortLease), "The port was released; no more connections come in.");
    }

    /// <summary>Takes every connection that waits in the system's queue, closes the sockets, and ends once all that was taken may be dequeued.</summary>
    public async Task FinishAsync()
    {
        if (_quiet.IsCancellationRequested || isShared?.Invoke() == true)
        {
            await QuietAsync().ConfigureAwait(false);
        }
        else
        {
            lock (_lock)
            {
                if (IsClosed || _finishing)
                {
                    return;
                }

                _finishing = true;
                _started = true;
            }

            // No loop must wait until an earlier connection is dequeued.
            _room.Release(RoomForAll);
            if (_loops.Length > 0)
            {
                await EmptyAsync().ConfigureAwait(false);
            }
        }

        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_loops).ConfigureAwait(false);
        lock (_lock)
        {
            if (IsClosed)
            {
                return;
            }

            _closed.Cancel();
        }

        _available.Release();
    }

    /// <summary>Ends the loops once their sockets are closed too, and closes what was accepted and never asked for. It may be called again.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _started = true;
            _closed.Cancel();
            while (_accepted.TryDequeue(out var connection))
            {
                connection.Dispose();
            }
        }

        _available.Release();
    }

    // Only when somebody asks: a server with its own accept loop must find every connection in the system's queue.
    private void Start()
    {
        lock (_lock)
        {
            _isWanted = true;
            if (_started || !_isOpen)
            {
                return;
            }

            _started = true;
            _loops = [.. sockets.Select(AcceptLoopAsync)];
        }
    }

    // The loops take; this waits until they have nothing left to take.
    private async Task EmptyAsync()
    {
        if (sockets.Count(SynFilter.TurnAway) == sockets.Count)
        {
            await Task.Delay(s_roundTrip).ConfigureAwait(false);
        }

        var deadline = Environment.TickCount64 + (long)s_timeToTake.TotalMilliseconds;
        foreach (var socket in sockets)
        {
            while (Environment.TickCount64 < deadline && HasMore(socket))
            {
                await Task.Delay(1).ConfigureAwait(false);
            }
        }
    }

    private static bool HasMore(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task AcceptLoopAsync(Socket socket)
    {
        while (!IsClosed && !_quiet.IsCancellationRequested)
        {
            Socket? connection = null;
            try
            {
                connection = await socket.AcceptAsync(_quiet.Token).ConfigureAwait(false);
                await _room.WaitAsync(_closed.Token).ConfigureAwait(false);
                Enqueue(connection);
            }
            catch (SocketException e) when (!IsClosed && e.SocketErrorCode is (SocketError.ConnectionAborted or SocketError.ConnectionReset))
            {
                // The client went away again; the next one has nothing to do with it.
            }
            catch (SocketException) when (!IsClosed && !_finishing)
            {
                // The process has no descriptor left, say. That doesn't end the service, but trying again at once would only burn time.
                await Task.Delay(s_pauseAfterFailure, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                connection?.Dispose();
                return;
            }
        }
    }

    private void Enqueue(Socket connection)
    {
        lock (_lock)
        {
            _closed.Token.ThrowIfCancellationRequested();
            _connections.Add(connection);
            _accepted.Enqueue(connection);
        }

        _available.Release();
    }
}
