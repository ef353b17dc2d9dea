using System.Diagnostics;

namespace PortGen.Platform;

/// <summary>A moment after which work that is only nice to have is given up.</summary>
internal readonly record struct Deadline
{
    private readonly long _end;
    private readonly CancellationToken _stop;

    /// <summary>A deadline that lies <paramref name="limit"/> ahead, or comes when the work is stopped.</summary>
    public Deadline(TimeSpan limit, CancellationToken stop = default) =>
        (_end, _stop) = (Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency), stop);

    /// <summary>Whether it is over.</summary>
    public bool HasPassed => _stop.IsCancellationRequested || Stopwatch.GetTimestamp() >= _end;
}
