using System.Net;
using System.Net.Sockets;

namespace PortGen;

/// <summary>The listening sockets behind a lease. <see cref="IDisposable.Dispose"/> closes them, and may be called again.</summary>
internal interface IListener : IDisposable
{
    /// <summary>Where it listens: at least one address, all on one port.</summary>
    IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <inheritdoc cref="PortLease.AcceptAsync"/>
    ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Takes the connections that clients have queued, then closes the sockets. <see cref="AcceptAsync"/> gives what was taken before it throws.</summary>
    Task FinishAsync();
}
