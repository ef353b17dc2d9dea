using System.Globalization;
using PortGen.Platform;

namespace PortGen.Binding.Conflicts;

/// <summary>A process that has a port somebody else wanted.</summary>
/// <param name="Details">What the system tells of it.</param>
/// <param name="IsEarlierInstance">Whether it is an earlier instance of this application.</param>
internal sealed record HolderProcess(ProcessDetails Details, bool IsEarlierInstance = false)
{
    /// <summary>Its id.</summary>
    public int Id => Details.Id;

    private bool IsThisProcess => Id == Environment.ProcessId;

    private string Since => Details.StartedAt is { } time ? time.UtcDateTime.ToString("', since 'yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";

    private string Title => IsEarlierInstance ? "an earlier instance of this application" : Details.Name ?? "a process";

    /// <summary>Everything that is known, for the log.</summary>
    public string Describe()
    {
        if (IsThisProcess || IsEarlierInstance)
        {
            return IsThisProcess ? ToString() : string.Create(CultureInfo.InvariantCulture, $"{Title} (pid {Id}{Since}); --force-restart ends it");
        }

        var command = Details.Command is null ? "" : ", " + Details.Command;
        var user = Details.User is null ? "" : ", user " + Details.User;
        return string.Create(CultureInfo.InvariantCulture, $"{Title} (pid {Id}{command}{user}{Since})");
    }

    /// <summary>Name and id.</summary>
    public override string ToString() => IsThisProcess ? "this process" : string.Create(CultureInfo.InvariantCulture, $"{Title} (pid {Id})");
}
