using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace PortGen.Hosting;

/// <summary>
/// What the host logs of a start that did not succeed. A start that was told to stop is not an error, though the host logs it as one; and where a run says the
/// reason on standard error, the console needn't have it too. Other providers, and a console that writes JSON, keep it.
/// </summary>
internal sealed class HostStartLog(ILoggerFactory inner, IServiceProvider services) : ILoggerFactory
{
    /// <summary>The category of what ends a start.</summary>
    public const string Category = "PortGen.Start";

    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    // HostedServiceStartupFaulted, "Hosting failed to start".
    private const int HostFailedToStart = 11;

    /// <summary>Puts it around the logger factory that the host has so far.</summary>
    public static void AddTo(IServiceCollection services)
    {
        if (services.LastOrDefault(static s => s.ServiceType == typeof(ILoggerFactory)) is not { } descriptor
            || descriptor.ImplementationFactory is Func<IServiceProvider, HostStartLog>)
        {
            return;
        }

        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory, HostStartLog>(provider => new HostStartLog(
            (ILoggerFactory)(descriptor.ImplementationInstance
                ?? descriptor.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!)),
            provider)));
    }

    /// <summary>For a run that says on standard error why it failed.</summary>
    public static void SayOnceIn(IServiceCollection services) => services.AddOptions<LoggerFilterOptions>().Configure<IOptions<ConsoleLoggerOptions>>(static (filter, console) =>
    {
        if (console.Value.FormatterName != ConsoleFormatterNames.Json)
        {
            filter.Rules.Add(new LoggerFilterRule(typeof(ConsoleLoggerProvider).FullName, Category, LogLevel.None, null));
        }
    });

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        categoryName == HostCategory ? new HostLogger(this, inner.CreateLogger(categoryName)) : inner.CreateLogger(categoryName);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private void LogStart(Exception exception)
    {
        if (exception is OperationCanceledException && (exception is StartAbandonedException || IsStopping()))
        {
            inner.CreateLogger("PortGen").StartGivenUp();
        }
        else
        {
            inner.CreateLogger(Category).ApplicationStartFailed(exception, exception.Message);
        }
    }

    private bool IsStopping() => services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    private sealed class HostLogger(HostStartLog log, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == HostFailedToStart && exception is not null)
            {
                log.LogStart(exception);
            }
            else
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
