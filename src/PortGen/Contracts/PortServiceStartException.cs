namespace PortGen;

/// <summary>Services failed to start (PG3002), or one failed while others still started (PG3005). Those that had started were stopped again, in reverse order, and every port was released.</summary>
public sealed class PortServiceStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failures">Each service that failed, with the reason.</param>
    public PortServiceStartException(IReadOnlyList<(string Service, Exception Reason)> failures)
        : base(Describe(failures), failures.Count == 1 ? failures[0].Reason : new AggregateException(failures.Select(static f => f.Reason)))
    {
        Services = [.. failures.Select(static f => f.Service)];
    }

    // A service failed after its start (PG3005).
    internal PortServiceStartException(string service, Exception reason)
        : base($"{PortRule.ServiceFailed.Id}: {PortRule.ServiceFailed.Format(service, reason.Message)}", reason) => Services = [service];

    /// <summary>The names of the services that failed.</summary>
    public IReadOnlyList<string> Services { get; }

    private static string Describe(IReadOnlyList<(string Service, Exception Reason)> failures)
    {
        ArgumentNullException.ThrowIfNull(failures);
        return string.Join('\n', failures.Select(static f =>
            $"{PortRule.ServiceFailedToStart.Id}: {PortRule.ServiceFailedToStart.Format(f.Service, f.Reason.Message)}"));
    }
}
