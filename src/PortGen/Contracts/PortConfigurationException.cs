namespace PortGen;

/// <summary>The configuration breaks rules. Nothing was bound and no service was started.</summary>
public sealed class PortConfigurationException : Exception
{
    /// <summary>Creates the exception for everything that is wrong.</summary>
    /// <param name="errors">One message for each broken rule: its id, the value, and where the value came from.</param>
    public PortConfigurationException(IReadOnlyList<string> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>One message for each broken rule: its id, the value, and where the value came from.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>None: the mistake is in the configuration, not in the code that read it.</summary>
    public override string? StackTrace => null;

    /// <summary>A settings file can't be read at all (PG2001).</summary>
    internal static PortConfigurationException Unreadable(Exception e)
    {
        var text = e is InvalidDataException
            ? $"{e.Message} {e.InnerException?.InnerException?.Message ?? e.InnerException?.Message}"
            : $"A settings file, or the folder for them, can't be read: {e.Message}";
        return new([$"{PortRule.UnreadableFile.Id}: {text.TrimEnd()}"]);
    }
}
