using System.Diagnostics;

namespace PortGen.Platform;

/// <summary>A moment after which work that is only nice to have is given up.</summary>
internal readonly record struct Deadline
{
    private readonly long _end;

    /// <summary>A deadline that lies <paramref name="limit"/> ahead.</summary>
    public Deadline(TimeSpan limit) => _end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Whether it is over.</summary>
    public bool HasPassed => Stopwatch.GetTimestamp() >= _end;
}
