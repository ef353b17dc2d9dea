using CsCheck;
using PortGen.Tests.Hosting;

namespace PortGen.Tests.Requirements;

/// <summary>One thing that an operator does to a running host.</summary>
/// <param name="What">What is done.</param>
/// <param name="Service">To which service.</param>
/// <param name="Place">Where it is configured to be: not at all, on a number of its own, on one that others get too, on one that is occupied; or on another host.</param>
/// <param name="Patience">After how many milliseconds it is given up; 0 for never.</param>
internal sealed record ControlStep(ControlStep.Kind What, int Service, int Place, int Patience)
{
    private static readonly string[] s_services = ["alpha", "beta", "gamma"];

    internal enum Kind
    {
        Start,
        Stop,
        Restart,
        RestartAll,
        Configure,
    }

    public static Gen<ControlStep> Gen { get; } = CsCheck.Gen
        .Select(CsCheck.Gen.Enum<Kind>(), CsCheck.Gen.Int[0, 2], CsCheck.Gen.Int[-3, 4], CsCheck.Gen.Int[-12, 3])
        .Select(static (what, service, place, patience) => new ControlStep(what, service, Math.Max(place, 0), Math.Max(patience, 0)));

    /// <summary>Takes back what was configured.</summary>
    public static void Undo(ManagedHost host)
    {
        foreach (var service in s_services)
        {
            host.Settings.Change($"Ports:{service}:Port", null);
            host.Settings.Change($"Ports:{service}:Host", null);
        }
    }

    /// <summary>Does it. It may fail in the documented ways.</summary>
    public async Task RunAsync(ManagedHost host)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        if (Patience > 0)
        {
            cancellation.CancelAfter(Patience);
        }

        try
        {
            await DoAsync(host, cancellation.Token);
        }
        catch (Exception e) when (e is PortUnavailableException or PortConfigurationException or PortServiceStartException)
        {
            // The port is taken, two are configured to have one number, or beta fails now and then.
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    private Task DoAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        var name = s_services[Service];
        switch (What)
        {
            case Kind.Start:
                return host.Manager.StartServiceAsync(name, cancellationToken);
            case Kind.Stop:
                return host.Manager.StopServiceAsync(name, cancellationToken);
            case Kind.Restart:
                return host.Manager.RestartServiceAsync(name, cancellationToken);
            case Kind.RestartAll:
                return host.Manager.RestartAllAsync(cancellationToken);
            default:
                int? port = Place switch { 1 => host.Range.First + 4 + Service, 2 => host.Range.First + 7, 3 => host.Range.Last, _ => null };
                host.Settings.Change($"Ports:{name}:Port", port?.ToString(System.Globalization.CultureInfo.InvariantCulture));
                host.Settings.Change($"Ports:{name}:Host", Place == 4 ? "*" : null);
                return Task.CompletedTask;
        }
    }
}
