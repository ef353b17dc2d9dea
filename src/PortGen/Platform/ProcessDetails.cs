namespace PortGen.Platform;

/// <summary>What a message tells of a process. What can't be read is <see langword="null"/>.</summary>
internal sealed record ProcessDetails
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
}
