using System.Net;
using System.Net.Sockets;

namespace PortGen;

/// <summary>The listening sockets behind a lease. <see cref="IDisposable.Dispose"/> closes them, and may be called again.</summary>
internal interface IListener : IDisposable
{
    /// <summary>Where it listens: at least one address, all on one port.</summary>
    IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>The sockets, one for each of <see cref="EndPoints"/>.</summary>
    IReadOnlyList<Socket> Sockets { get; }

    /// <summary>Whether other processes hold the sockets too: then the end of this one must not be noticed by them.</summary>
    bool IsShared { get; }

    /// <summary>One more process holds the sockets.</summary>
    void AddHolder();

    /// <summary>One of the other processes holds them no more.</summary>
    void RemoveHolder();

    /// <inheritdoc cref="PortLease.AcceptAsync"/>
    ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Accepts from now on, where it was made not to.</summary>
    void Open();

    /// <summary>Accepts no more, and ends once no accept is outstanding. <see cref="AcceptAsync"/> gives what was accepted, and then waits until the end.</summary>
    Task QuietAsync();

    /// <summary>How many connections were accepted and are not closed yet.</summary>
    int CountOpen();

    /// <summary>Takes the connections that clients have queued, then closes the sockets. <see cref="AcceptAsync"/> gives what was taken before it throws.</summary>
    Task FinishAsync();
}
