using System.Net.Sockets;
using PortGen.Binding;
using PortGen.Platform;

namespace PortGen;

/// <summary>
/// A lease outside any application, to test one service: on a port that the system chooses, on the loopback addresses. Start the service with <see cref="Lease"/>
/// as an application would, and dispose of this at the end: the port is free afterwards.
/// </summary>
public sealed class StandaloneLease : IDisposable, IAsyncDisposable
{
    private readonly IReadOnlyList<PortLease> _leases;
    private readonly Owner _owner;

    private StandaloneLease(IReadOnlyList<PortLease> leases, Owner owner)
    {
        _leases = leases;
        _owner = owner;
        PortLease.Join(leases, owner);
    }

    /// <summary>The lease of the service's own port. It listens already; <c>Lease["name"]</c> has the additional ones.</summary>
    public PortLease Lease => _leases[0];

    /// <summary>Completes with what the service reports by <see cref="PortLease.ReportFailure"/>, which would end an application.</summary>
    public Task<Exception> Failure => _owner.Failure.Task;

    /// <summary>Listens for a service without a container.</summary>
    /// <param name="name">The name of the service's own port.</param>
    /// <param name="additional">The names of its additional ports.</param>
    /// <exception cref="SocketException">The system has no port left.</exception>
    public static StandaloneLease Listen(string name, params string[] additional) => Listen(null, name, additional);

    /// <summary>Listens for a service that asks its lease for the application's container.</summary>
    /// <param name="services">The container, <see cref="PortLease.Services"/>; <see langword="null"/> for none.</param>
    /// <param name="name">The name of the service's own port.</param>
    /// <param name="additional">The names of its additional ports.</param>
    /// <exception cref="SocketException">The system has no port left.</exception>
    public static StandaloneLease Listen(IServiceProvider? services, string name, params string[] additional)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(additional);
        var leases = new List<PortLease>();
        try
        {
            foreach (var port in (string[])[name, .. additional])
            {
                leases.Add(Open(port));
            }
        }
        catch
        {
            leases.ForEach(static l => l.Release());
            throw;
        }

        return new StandaloneLease(leases, new Owner(services));
    }

    /// <summary>Closes the ports. Stop the service first.</summary>
    public void Dispose()
    {
        foreach (var lease in _leases)
        {
            lease.Release();
        }
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static PortLease Open(string name)
    {
        using var held = new HeldPorts(ListenSocket.DefaultProbing);
        var number = held.HoldAny(PortSettingValue.Localhost, out var refusal);
        return refusal is null ? new PortLease(name, PortSettingValue.Localhost, new Listener(held.Take(number))) : throw refusal;
    }

    private sealed class Owner(IServiceProvider? services) : ILeaseOwner
    {
        public TaskCompletionSource<Exception> Failure { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IServiceProvider Services => services
            ?? throw new InvalidOperationException("The lease has no container: pass one to StandaloneLease.Listen(services, name).");

        public void BeginsToServe(PortLease lease)
        {
        }

        public void Serves(PortLease lease, string scheme)
        {
        }

        public void Fail(PortLease lease, Exception reason) => Failure.TrySetResult(reason);
    }
}
