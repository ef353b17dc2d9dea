using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortGen.Configuration;
using PortGen.Hosting;
using PortGen.Platform;

namespace PortGen;

/// <summary>A running application of port services. The generated <c>RunningPorts</c> adds a property for each port.</summary>
public class PortApplication : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly PortRegistry _registry;
    private bool _disposed;

    /// <summary>Wraps a host that has started.</summary>
    /// <param name="host">A host with port services.</param>
    protected PortApplication(IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
        _registry = host.Services.GetRequiredService<PortRegistry>();
    }

    /// <summary>The host's container.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Binds every port and starts every service of a manifest in a new Generic Host.</summary>
    /// <typeparam name="TApplication">What to wrap the host in.</typeparam>
    /// <param name="manifest">The services.</param>
    /// <param name="wrap">Wraps the started host.</param>
    /// <param name="args">The command line, read as configuration; <c>--force-restart</c> means <c>Ports:ForceRestart=true</c>, <c>--take-over</c> <c>Ports:TakeOver=true</c>.</param>
    /// <param name="configure">Adds to the host before it is built.</param>
    /// <param name="cancellationToken">Gives the start up; nothing is left running or bound.</param>
    /// <exception cref="PortConfigurationException">The configuration breaks a rule; nothing was bound.</exception>
    /// <exception cref="PortUnavailableException">A required port is unavailable; nothing is left bound.</exception>
    /// <exception cref="PortServiceStartException">A service failed to start; the others were stopped again.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static async Task<TApplication> StartAsync<TApplication>(
        PortManifest manifest,
        Func<IHost, TApplication> wrap,
        string[]? args = null,
        Action<HostApplicationBuilder>? configure = null,
        CancellationToken cancellationToken = default)
        where TApplication : PortApplication
    {
        ArgumentNullException.ThrowIfNull(wrap);

        // From the first line on: the host listens for signals only once it is built, and one that came before would be fatal.
        using var signals = new StopSignals(cancellationToken);
        var host = Build(manifest, args, configure);
        try
        {
            await host.StartAsync(signals.Token).ConfigureAwait(false);
            return wrap(host);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && IsTold(host, signals))
        {
            // Told to stop by a signal, or by the application itself, while it started: a clean end, as it would have been a moment later.
            host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            await StopAsync(host).ConfigureAwait(false);
            return wrap(host);
        }
        catch
        {
            await EndAsync(host).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>As <see cref="StartAsync"/>, but blocks. It works on the thread pool, so no synchronization context can deadlock it.</summary>
    /// <inheritdoc cref="StartAsync"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static TApplication Start<TApplication>(
        PortManifest manifest,
        Func<IHost, TApplication> wrap,
        string[]? args = null,
        Action<HostApplicationBuilder>? configure = null)
        where TApplication : PortApplication =>
        Task.Run(() => StartAsync(manifest, wrap, args, configure)).GetAwaiter().GetResult();

    /// <summary>Starts every service, waits for the end (SIGTERM, Ctrl+C, <paramref name="cancellationToken"/>), and returns an exit code.</summary>
    /// <param name="manifest">The services.</param>
    /// <param name="args">The command line, read as configuration; <c>--force-restart</c> means <c>Ports:ForceRestart=true</c>, <c>--take-over</c> <c>Ports:TakeOver=true</c>.</param>
    /// <param name="configure">Adds to the host before it is built.</param>
    /// <param name="cancellationToken">Ends the application, as a signal does.</param>
    /// <returns>One of <see cref="PortExitCode"/>; the reason for a failure is on standard error.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static async Task<int> RunAsync(
        PortManifest manifest,
        string[]? args = null,
        Action<HostApplicationBuilder>? configure = null,
        CancellationToken cancellationToken = default)
    {
        using var signals = new StopSignals(cancellationToken);
        IHost? host = null;
        RunOutcome outcome;
        try
        {
            host = Build(manifest, args, configure, HostStartLog.SayOnceIn);
            await host.StartAsync(signals.Token).ConfigureAwait(false);
            await host.WaitForShutdownAsync(signals.Token).ConfigureAwait(false);
            outcome = RunOutcome.OfEnd(host);
        }
        catch (Exception e) when (host is not null || e is PortConfigurationException)
        {
            outcome = RunOutcome.OfFailure(e, host, signals.Token);
        }

        if (host is not null)
        {
            await EndAsync(host).ConfigureAwait(false);
        }

        return outcome.Report();
    }

    /// <summary>The present status of a port.</summary>
    /// <param name="name">The port's name.</param>
    /// <exception cref="KeyNotFoundException">The application has no port of that name.</exception>
    public PortStatus GetPort(string name) => _registry.GetPort(name);

    /// <summary>A port of the application. The generated properties call this.</summary>
    /// <param name="name">The port's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected RunningPort GetRunningPort(string name) => new(_registry, name);

    /// <summary>Waits until the application is told to stop (SIGTERM, Ctrl+C), then stops it.</summary>
    /// <param name="cancellationToken">Tells it to stop.</param>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _host.WaitForShutdownAsync(cancellationToken);

    /// <summary>Drains, stops the services in reverse order and releases the ports.</summary>
    /// <param name="cancellationToken">Cuts the wait short.</param>
    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Stops the application if it still runs, and disposes of its services.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        try
        {
            if (!_host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.IsCancellationRequested)
            {
                await _host.StopAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await DisposeAsync(_host).ConfigureAwait(false);
        }
    }

    private static IHost Build(PortManifest manifest, string[]? args, Action<HostApplicationBuilder>? configure, Action<IServiceCollection>? finish = null)
    {
        try
        {
            ArgumentNullException.ThrowIfNull(manifest);
            var builder = HostCreation.CreateBuilder(StartOptions.WriteOut(args), manifest.Services.Any(static s => s.IsWebApplication));
            PortHostBuilderExtensions.Add(builder, manifest);
            configure?.Invoke(builder);

            // Once more: it may have brought another logger factory.
            HostStartLog.AddTo(builder.Services);
            finish?.Invoke(builder.Services);
            return builder.Build();
        }
        catch (InvalidDataException e)
        {
            throw PortConfigurationException.Unreadable(e);
        }
    }

    private static bool IsTold(IHost host, StopSignals signals) =>
        signals.Token.IsCancellationRequested || host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    // A host whose start fails stops nothing. Where all hosted services of the application had started, they are stopped here; where one of them failed, it is as
    // with a plain host.
    private static async Task StopAsync(IHost host)
    {
        if (!host.Services.GetRequiredService<PortHostedService>().HasApplicationStarted
            || host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await host.StopAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RunOutcome.Say($"The application did not stop cleanly: {e.Message}");
        }
    }

    // What goes wrong in the end is told, and changes nothing of how the run ended.
    private static async Task EndAsync(IHost host)
    {
        await StopAsync(host).ConfigureAwait(false);
        try
        {
            await DisposeAsync(host).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RunOutcome.Say($"A service could not be disposed: {e.Message}");
        }
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            host.Dispose();
        }
    }
}
