using System.Net;
using System.Net.Sockets;
using PortGen.Platform;

namespace PortGen.Binding;

/// <summary>The sockets of a lease, with one accept loop for each of them once somebody accepts.</summary>
internal sealed class Listener : IListener
{
    private readonly ListenResult _listening;
    private readonly Lazy<ConnectionQueue> _queue;

    public Listener(ListenResult listening)
    {
        _listening = listening;
        _queue = new Lazy<ConnectionQueue>(() => new ConnectionQueue(listening.Sockets));
    }

    public IReadOnlyList<IPEndPoint> EndPoints => _listening.EndPoints;

    public ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken) => _queue.Value.DequeueAsync(cancellationToken);

    public Task FinishAsync() => _queue.Value.FinishAsync();

    public void Dispose()
    {
        // In this order a loop knows why its accept ends.
        _queue.Value.Close();
        _listening.Close();
    }
}
