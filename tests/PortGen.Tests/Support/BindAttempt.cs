using PortGen.Binding;
using PortGen.Binding.Conflicts;

namespace PortGen.Tests.Support;

/// <summary>One attempt to bind all ports of a manifest.</summary>
internal sealed class BindAttempt : IDisposable
{
    private BindAttempt(PortManifest manifest, int count, TimeSpan timeout)
    {
        var plan = Plans.Of(manifest) with { BindTimeout = timeout };
        Registry.Open(plan.Ports.Select(static p => new PortStatus { Name = p.Name, Service = p.Name, PreferredPort = p.Port, Host = p.Host }));
        try
        {
            // Who holds a port must be found here however busy the machine is.
            var lookup = new PortHolderLookup(limit: TimeSpan.FromMinutes(1));
            Leases = PortBinder.BindAsync(plan, Registry, Log, TestContext.Current.CancellationToken, new BindOptions { Lookup = lookup, Ports = [.. plan.Ports.Take(count)] }).GetAwaiter().GetResult();
        }
        catch (PortUnavailableException e)
        {
            Error = e;
        }
    }

    /// <summary>The leases; <see langword="null"/> where a required port was not to be had.</summary>
    public IReadOnlyDictionary<string, PortLease>? Leases { get; }

    public PortUnavailableException? Error { get; }

    public PortRegistry Registry { get; } = new();

    public TestLog Log { get; } = new();

    public static BindAttempt Of(params PortDefinition[] ports) => OfFirst(ports.Length, ports);

    /// <summary>Binds the first so many ports of an application that has all of them.</summary>
    public static BindAttempt OfFirst(int count, params PortDefinition[] ports) => new(Manifests.Of(ports), count, TimeSpan.Zero);

    /// <summary>With retries, as long as a process that another test is starting may have a copy of a socket that was closed here.</summary>
    public static BindAttempt Patiently(params PortDefinition[] ports) => new(Manifests.Of(ports), ports.Length, TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        foreach (var lease in Leases?.Values ?? [])
        {
            lease.Release();
        }
    }
}
