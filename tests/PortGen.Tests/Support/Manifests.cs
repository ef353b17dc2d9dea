namespace PortGen.Tests.Support;

/// <summary>Manifests for tests inside the process.</summary>
internal static class Manifests
{
    /// <summary>One service per definition, independent of each other.</summary>
    public static PortManifest Of(params PortDefinition[] ports) => new(
        [.. ports.Select(static p => PortServiceDefinition.For<IdleService>([p], []))],
        [[.. ports.Select(static p => p.Name)]]);

    public static PortDefinition Port(string name, int port, PortRange? range = null) => new(name) { Port = port, Range = range };

    public sealed class IdleService : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
