using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PortGen.Services;

/// <summary>Watches that somebody accepts on every port. One that nobody accepts on is not shown as served, and told of (PG3004).</summary>
internal sealed class ServingWatch(ApplicationPorts ports, PortRegistry registry, ILoggerFactory loggerFactory, IHostServer? hostServer = null)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private readonly ConcurrentDictionary<PortLease, bool> _unserved = [];
    private volatile bool _isOpen;

    /// <summary>Somebody accepts on a port for the first time, or a transport will once the application has started.</summary>
    public void ShowServed(PortLease lease)
    {
        if (IsOfHost(lease))
        {
            ShowHost(lease);
        }
        else if (_unserved.TryRemove(lease, out _))
        {
            // Only where that comes late does anybody have to be told.
            registry.Serving(lease.Name);
        }
    }

    /// <summary>Every service has started: from now on the application's own server accepts.</summary>
    public void Open()
    {
        _isOpen = true;
        foreach (var lease in ports.All.Where(IsOfHost))
        {
            if (hostServer?.Obstacle is { } obstacle)
            {
                Tell(lease, $"{PortRule.PortNotServed.Id}: {obstacle}");
            }
            else if (lease.IsServed)
            {
                ShowHost(lease);
            }
        }
    }

    /// <summary>Looks, after the time that a start may take, whether somebody accepts on the ports of services.</summary>
    /// <param name="started">The services, and which run of theirs.</param>
    public async Task WatchAsync(IReadOnlyList<(ServiceRunner Runner, int Run)> started)
    {
        var limit = ports.Plan.StartTimeout;
        await Task.Delay(limit).ConfigureAwait(false);
        var unserved = started.Where(static s => s.Runner.IsRunning && s.Runner.Run == s.Run).SelectMany(static s => s.Runner.Leases).Where(static l => !l.IsServed);
        foreach (var lease in unserved.Where(l => _unserved.TryAdd(l, true)).ToList())
        {
            var advice = IsOfHost(lease)
                ? $"accept on its lease, [FromKeyedServices(\"{lease.Name}\")] PortLease; a web application references the package PortGen.AspNetCore"
                : "call AcceptAsync on its lease, or remove the port";
            Tell(lease, $"{PortRule.PortNotServed.Id}: {PortRule.PortNotServed.Format(lease.Port, lease.Name, limit.TotalSeconds, advice)}");
            if (lease.IsServed)
            {
                ShowServed(lease);
            }
        }
    }

    private bool IsOfHost(PortLease lease) => ports.Plan.Ports.First(p => p.Name == lease.Name).IsOfHost;

    private void ShowHost(PortLease lease)
    {
        // A transport accepts once everything has started; anybody else does now.
        if ((_isOpen || !lease.HasTransport) && hostServer?.Obstacle is null)
        {
            ports.ShowServing(lease);
        }
    }

    private void Tell(PortLease lease, string problem)
    {
        registry.Stopped(lease.Name);
        _logger.PortNotServed(problem);
    }
}
