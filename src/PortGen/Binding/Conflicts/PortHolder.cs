using System.Net;
using PortGen.Platform;

namespace PortGen.Binding.Conflicts;

/// <summary>What holds a port that somebody else wanted.</summary>
internal sealed record PortHolder
{
    /// <summary>In what way it is held.</summary>
    public required PortHold Hold { get; init; }

    /// <summary>The other end of a connection; <see langword="null"/> for other holds.</summary>
    public IPEndPoint? Remote { get; init; }

    /// <summary>The process; <see langword="null"/> where it can't be told.</summary>
    public HolderProcess? Process { get; init; }

    /// <summary>The user whose socket it is, where the process can't be told.</summary>
    public string? User { get; init; }

    /// <summary>The socket's inode; 0 where it has none, or is in no table.</summary>
    public long Inode { get; init; }

    /// <summary>Whether all processes were searched; otherwise the time was up.</summary>
    public bool Searched { get; init; }

    private string Owner => User is null ? "a process" : "a process of user " + User;

    /// <summary>Whether this, which names a process, is true although a later search has named none: for want of time, or since the socket has gone.</summary>
    public bool IsStillTrueBeside(PortHolder later) =>
        Process is not null && later.Process is null && (later.Inode == Inode || later.Hold == PortHold.Unlisted);

    /// <summary>Everything that is known, for the log only: it has paths and user names.</summary>
    /// <param name="searchGoesOn">Whether the process may still be found.</param>
    public string Describe(bool searchGoesOn = false)
    {
        var process = Process?.Describe() ?? $"{Owner} ({(Searched ? "not readable" : searchGoesOn ? "not found yet" : "not found in time")})";
        return Hold switch
        {
            PortHold.Listener => process,
            PortHold.Connection => $"a connection to {Remote} of {process}",
            PortHold.ClosedConnection => $"a closed connection to {Remote} that lingers for up to a few minutes",
            _ => "a socket that is bound and doesn't listen, or can't be seen from here",
        };
    }

    /// <summary>Name and id of the process, where it has one.</summary>
    public override string ToString() => Hold switch
    {
        PortHold.Listener => Process?.ToString() ?? Owner,
        PortHold.Connection => $"a connection of {Process?.ToString() ?? Owner}",
        PortHold.ClosedConnection => "a closed connection",
        _ => "a socket that doesn't listen",
    };
}
