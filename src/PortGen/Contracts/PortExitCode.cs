namespace PortGen;

/// <summary>The exit codes of a process of port services. The numbers are those of BSD's sysexits(3).</summary>
public static class PortExitCode
{
    /// <summary>Stopped cleanly, also when a signal came during the start.</summary>
    public const int Success = 0;

    /// <summary>No port was available for a required service (EX_UNAVAILABLE).</summary>
    public const int PortUnavailable = 69;

    /// <summary>A service failed (EX_SOFTWARE).</summary>
    public const int ServiceFailed = 70;

    /// <summary>The configuration breaks a rule (EX_CONFIG).</summary>
    public const int ConfigurationError = 78;
}
