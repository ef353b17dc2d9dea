using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PortGen;

/// <summary>The meter and the activity source, both named <c>PortGen</c>. Names follow OpenTelemetry's conventions; durations are in seconds.</summary>
internal sealed class PortTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "PortGen";

    private readonly Counter<long> _attempts;
    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _fallbacks;
    private readonly Histogram<double> _timeToBound;
    private readonly Histogram<double> _timeToReady;

    public PortTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _attempts = meter.CreateCounter<long>("portgen.bind.attempts", "{attempt}", "Port numbers that were tried");
        _conflicts = meter.CreateCounter<long>("portgen.bind.conflicts", "{port}", "Ports that could not have their preferred number");
        _fallbacks = meter.CreateCounter<long>("portgen.bind.fallbacks", "{port}", "Ports that got another number than the preferred one");
        _timeToBound = meter.CreateHistogram<double>("portgen.bind.duration", "s", "From the plan until every port is held");
        _timeToReady = meter.CreateHistogram<double>("portgen.start.duration", "s", "From the plan until every service serves");
    }

    /// <summary>Spans for the binding, each wave and each service.</summary>
    public static ActivitySource Source { get; } = new(Name);

    public void Attempted(string port, int attempts)
    {
        if (attempts > 0)
        {
            _attempts.Add(attempts, Tag(port));
        }
    }

    public void Conflicted(string port) => _conflicts.Add(1, Tag(port));

    public void FellBack(string port) => _fallbacks.Add(1, Tag(port));

    public void Bound(TimeSpan duration) => _timeToBound.Record(duration.TotalSeconds);

    public void Ready(TimeSpan duration) => _timeToReady.Record(duration.TotalSeconds);

    private static KeyValuePair<string, object?> Tag(string port) => new("portgen.port", port);
}
