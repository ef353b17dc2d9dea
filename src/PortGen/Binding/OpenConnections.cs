using System.Net.Sockets;

namespace PortGen.Binding;

/// <summary>The connections that a lease has given out, as long as they are open. Nobody says when one is closed, so the handles are asked.</summary>
internal sealed class OpenConnections
{
    private const int Smallest = 64;

    private readonly List<WeakReference<SafeSocketHandle>> _handles = [];
    private int _limit = Smallest;

    /// <summary>Adds one. Now and then those that are closed are forgotten, so that an addition costs the same however many there were.</summary>
    public void Add(Socket connection)
    {
        if (_handles.Count >= _limit)
        {
            _limit = Math.Max(Smallest, 2 * Count());
        }

        _handles.Add(new(connection.SafeHandle));
    }

    /// <summary>How many are open.</summary>
    public int Count()
    {
        _handles.RemoveAll(static h => !h.TryGetTarget(out var handle) || handle.IsClosed);
        return _handles.Count;
    }
}
