using System.Globalization;

namespace PortGen.Binding.Conflicts;

/// <summary>A process that has a port somebody else wanted. What can't be read is <see langword="null"/>.</summary>
internal sealed record HolderProcess
{
    /// <summary>Its id.</summary>
    public required int Id { get; init; }

    /// <summary>Its name, which is at most 15 bytes on Linux.</summary>
    public string? Name { get; init; }

    /// <summary>Its executable, and the script or assembly that it runs. Other arguments may be secrets and are never read out.</summary>
    public string? Command { get; init; }

    /// <summary>The name or number of the user it runs as.</summary>
    public string? User { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Whether it is an earlier instance of this application.</summary>
    public bool IsEarlierInstance { get; init; }

    private bool IsThisProcess => Id == Environment.ProcessId;

    private string Since => StartedAt is { } time ? time.UtcDateTime.ToString("', since 'yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";

    private string Title => IsEarlierInstance ? "an earlier instance of this application" : Name ?? "a process";

    /// <summary>Everything that is known, for the log.</summary>
    public string Describe()
    {
        if (IsThisProcess || IsEarlierInstance)
        {
            return IsThisProcess ? ToString() : string.Create(CultureInfo.InvariantCulture, $"{Title} (pid {Id}{Since}); --force-restart ends it");
        }

        var command = Command is null ? "" : ", " + Command;
        var user = User is null ? "" : ", user " + User;
        return string.Create(CultureInfo.InvariantCulture, $"{Title} (pid {Id}{command}{user}{Since})");
    }

    /// <summary>Name and id.</summary>
    public override string ToString() => IsThisProcess ? "this process" : string.Create(CultureInfo.InvariantCulture, $"{Title} (pid {Id})");
}
