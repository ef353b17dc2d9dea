extern alias Runtime;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Runtime::PortGen;
using Runtime::PortGen.Configuration;

namespace PortGen.Benchmarks.Runtime;

/// <summary>Plans of many ports.</summary>
internal static class Plans
{
    // Below the ephemeral ports.
    public const int First = 20000;

    public static PortPlan Of(IEnumerable<PortDefinition> ports)
    {
        var manifest = new PortManifest([.. ports.Select(static p => PortServiceDefinition.For<IdleService>([p], []))], [[.. ports.Select(static p => p.Name)]]);
        return PortPlanner.Plan(manifest, new ConfigurationBuilder().Build(), new HostingEnvironment { EnvironmentName = "Production" });
    }

    public static PortRegistry RegistryOf(PortPlan plan)
    {
        var registry = new PortRegistry();
        registry.Open(plan.Ports.Select(static p => new PortStatus { Name = p.Name, Service = p.Name, PreferredPort = p.Port, Host = p.Host }));
        return registry;
    }

    public static void Release(IReadOnlyDictionary<string, PortLease> leases)
    {
        foreach (var lease in leases.Values)
        {
            lease.Release();
        }
    }

    internal sealed class IdleService : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
