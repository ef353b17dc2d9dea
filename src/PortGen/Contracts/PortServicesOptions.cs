using System.Runtime.CompilerServices;

namespace PortGen;

/// <summary>What the code of an application says of all its port services: <c>builder.AddPortServices(options => ...)</c>. The configuration overrides it, key by key.</summary>
/// <remarks>
/// With <c>RunAllAsync</c> and <c>StartAllAsync</c> configure it in the container: <c>builder.Services.Configure&lt;PortServicesOptions&gt;(...)</c>.
/// A time is between zero and one day. <see langword="null"/> leaves the default.
/// </remarks>
public sealed class PortServicesOptions
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>How long binding is retried while a required port is unavailable (<c>Ports:BindTimeout</c>). By default 5 s, in Development 2 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative or longer than a day.</exception>
    public TimeSpan? BindTimeout
    {
        get;
        set => field = Verify(value);
    }

    /// <summary>How long one service may take to start (<c>Ports:StartTimeout</c>). By default 30 s.</summary>
    /// <inheritdoc cref="BindTimeout" path="/exception"/>
    public TimeSpan? StartTimeout
    {
        get;
        set => field = Verify(value);
    }

    /// <summary>How long one service may take to stop (<c>Ports:StopTimeout</c>). By default 5 s.</summary>
    /// <inheritdoc cref="BindTimeout" path="/exception"/>
    public TimeSpan? StopTimeout
    {
        get;
        set => field = Verify(value);
    }

    /// <summary>How long every service continues to serve after the application was told to stop (<c>Ports:DrainDelay</c>). By default not at all, in a container 5 s.</summary>
    /// <inheritdoc cref="BindTimeout" path="/exception"/>
    public TimeSpan? DrainDelay
    {
        get;
        set => field = Verify(value);
    }

    /// <summary>How long an earlier instance may take to stop before a force restart kills it (<c>Ports:RestartTimeout</c>). By default 10 s, in Development 3 s.</summary>
    /// <inheritdoc cref="BindTimeout" path="/exception"/>
    public TimeSpan? RestartTimeout
    {
        get;
        set => field = Verify(value);
    }

    /// <summary>
    /// How long an application that has handed its ports over waits for its last connection to close (<c>Ports:HandOverTimeout</c>). By default 30 s: waiting costs
    /// nobody anything, since the successor serves.
    /// </summary>
    /// <inheritdoc cref="BindTimeout" path="/exception"/>
    public TimeSpan? HandOverTimeout
    {
        get;
        set => field = Verify(value);
    }

    /// <summary>Whether the ports of a running instance are taken over from it, without a gap (<c>Ports:TakeOver</c>).</summary>
    public bool TakeOver { get; set; }

    /// <summary>Whether earlier instances of the application that hold its ports are ended first (<c>Ports:ForceRestart</c>).</summary>
    public bool ForceRestart { get; set; }

    /// <summary>Whether the system chooses every port, on loopback, for tests side by side (<c>Ports:FreePorts</c>).</summary>
    public bool FreePorts { get; set; }

    /// <summary>The path of a file that exists while the application is ready (<c>Ports:ReadyFile</c>); <see langword="null"/> or blank for none.</summary>
    public string? ReadyFile { get; set; }

    /// <summary>Which application this is, for force restart (<c>Ports:Application</c>); <see langword="null"/> or blank to go by the folder that it runs from.</summary>
    public string? Application { get; set; }

    private static TimeSpan? Verify(TimeSpan? value, [CallerMemberName] string? name = null)
    {
        if (value is { } time)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time, s_longest, name);
        }

        return value;
    }
}
