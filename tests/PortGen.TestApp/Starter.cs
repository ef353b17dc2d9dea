using System.Globalization;

namespace PortGen.TestApp;

/// <summary>A service with as many exact ports as the tests ask for: <c>start 9101,9102</c> and settings. It says when it has them all.</summary>
internal static class Starter
{
    public static Task<int> RunAsync(string ports, string[] args)
    {
        var names = ports.Split(',').Select(static p => "p" + p).ToList();
        var definitions = names.Select(n => new PortDefinition(n) { Service = names[0], Port = int.Parse(n[1..], CultureInfo.InvariantCulture) });
        return PortApplication.RunAsync(new PortManifest([PortServiceDefinition.For<Service>([.. definitions], [])], [[names[0]]]), args);
    }

    internal sealed class Service : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            Console.Out.WriteLine("has them all");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
