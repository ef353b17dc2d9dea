using System.Net;
using System.Net.Sockets;
using PortGen.Platform;

namespace PortGen.Binding;

/// <summary>The sockets of a lease, with one accept loop for each of them once somebody accepts.</summary>
internal sealed class Listener : IListener
{
    // A cancelled accept returns at once; more would be a fault of the runtime's, and no end may hang on it.
    private static readonly TimeSpan s_timeToBeQuiet = TimeSpan.FromSeconds(5);

    private readonly ListenResult _listening;
    private readonly Lazy<ConnectionQueue> _queue;
    private int _others;

    /// <summary>Takes over sockets.</summary>
    /// <param name="listening">The sockets.</param>
    /// <param name="isShared">Whether another process holds them too.</param>
    /// <param name="isOpen">Whether it may accept already, and not from <see cref="Open"/> on.</param>
    public Listener(ListenResult listening, bool isShared = false, bool isOpen = true)
    {
        _listening = listening;
        _others = isShared ? 1 : 0;
        _queue = new Lazy<ConnectionQueue>(() => new ConnectionQueue(listening.Sockets, isOpen, () => IsShared));
    }

    public IReadOnlyList<IPEndPoint> EndPoints => _listening.EndPoints;

    public IReadOnlyList<Socket> Sockets => _listening.Sockets;

    public bool IsShared => Volatile.Read(ref _others) > 0;

    public ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken) => _queue.Value.DequeueAsync(cancellationToken);

    public void AddHolder() => Interlocked.Increment(ref _others);

    public void RemoveHolder() => Interlocked.Decrement(ref _others);

    public void Open() => _queue.Value.Open();

    public Task QuietAsync() => _queue.Value.QuietAsync();

    public int CountOpen() => _queue.Value.CountOpen();

    public Task FinishAsync() => _queue.Value.FinishAsync();

    public void Dispose()
    {
        if (IsShared && !_queue.Value.IsClosed)
        {
            // Closing a socket with an accept outstanding shuts it down, now and then, for every process that holds it.
            Task.Run(_queue.Value.QuietAsync).Wait(s_timeToBeQuiet);
        }

        // In this order a loop knows why its accept ends.
        _queue.Value.Close();
        _listening.Close();
    }
}
