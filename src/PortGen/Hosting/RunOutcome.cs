using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PortGen.Services;

namespace PortGen.Hosting;

/// <summary>How a run of the application ended. This is the one place that decides about exit codes.</summary>
/// <param name="ExitCode">One of <see cref="PortExitCode"/>, or the code that the application has set itself.</param>
/// <param name="Reason">What to say on standard error; <see langword="null"/> for nothing.</param>
internal readonly record struct RunOutcome(int ExitCode, string? Reason)
{
    /// <summary>The application has stopped after it had started.</summary>
    public static RunOutcome OfEnd(IHost host)
    {
        if (host.Services.GetRequiredService<ServiceFailure>().First is { } failure)
        {
            return new(PortExitCode.ServiceFailed, failure.Message);
        }

        // By default a background service of the application that throws stops the host, and the host alone doesn't tell.
        if (host.Services.GetRequiredService<IOptions<HostOptions>>().Value.BackgroundServiceExceptionBehavior == BackgroundServiceExceptionBehavior.StopHost
            && FailedBackgroundService(host) is var (name, reason))
        {
            return new(PortExitCode.ServiceFailed, $"Background service '{name}' failed: {reason.Message}");
        }

        return new(Environment.ExitCode, null);
    }

    /// <summary>The application could not be built or started, or its end failed.</summary>
    public static RunOutcome OfFailure(Exception e, IHost? host, CancellationToken stop) => e switch
    {
        OperationCanceledException when IsStopping(host, stop) => host is null ? new(PortExitCode.Success, null) : OfEnd(host),
        PortConfigurationException => new(PortExitCode.ConfigurationError, e.Message),
        PortUnavailableException => new(PortExitCode.PortUnavailable, e.Message),
        PortServiceStartException when host?.Services.GetRequiredService<ServiceFailure>().First == e => OfEnd(host),
        PortServiceStartException => new(PortExitCode.ServiceFailed, e.Message + TraceOf(e.InnerException)),
        _ => new(PortExitCode.ServiceFailed, $"The application failed: {e.Message}{TraceOf(e)}"),
    };

    /// <summary>Says the reason, and returns the exit code.</summary>
    public int Report()
    {
        if (Reason is not null)
        {
            Say(Reason);
        }

        return ExitCode;
    }

    /// <summary>Writes a line to standard error. If that is full or closed, the line is lost and nothing else changes.</summary>
    public static void Say(string text)
    {
        try
        {
            Console.Error.WriteLine(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // As above.
        }
    }

    // Where it happened in the application's own code, without the message a second time.
    private static string TraceOf(Exception? e)
    {
        if (e is null or TimeLimitException || e.StackTrace is null)
        {
            return "";
        }

        var text = e.ToString();
        var repeated = $"{e.GetType()}: {e.Message}";
        return $"\n   {e.GetType()}{(text.StartsWith(repeated, StringComparison.Ordinal) ? text[repeated.Length..] : "")}";
    }

    private static bool IsStopping(IHost? host, CancellationToken stop) =>
        stop.IsCancellationRequested
        || host?.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested == true;

    private static (string Name, Exception Reason)? FailedBackgroundService(IHost host) => host.Services.GetServices<IHostedService>().OfType<BackgroundService>()
        .Where(static s => s.ExecuteTask is { IsFaulted: true })
        .Select(static s => ((string, Exception)?)(s.GetType().Name, s.ExecuteTask!.Exception!.InnerException!))
        .FirstOrDefault();
}
