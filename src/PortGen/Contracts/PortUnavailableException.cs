namespace PortGen;

/// <summary>
/// A required port is unavailable (PG3001), or an earlier instance that holds one could not be ended (PG3003). Nothing is left bound and no
/// service was started.
/// </summary>
public sealed class PortUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was tried for which ports, and what holds them.</param>
    public PortUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>None: the reason is outside the program.</summary>
    public override string? StackTrace => null;
}
