using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortGen.Hosting;

namespace PortGen;

/// <summary>A port service that is a web application: Kestrel on the service's lease, in a host of its own inside the application's.</summary>
/// <remarks>
/// Each start builds the web application again. It has the application's configuration (without <c>Kestrel:Endpoints</c> and URLs), its logging,
/// <see cref="PortManager"/> and <see cref="PortRegistry"/>, and listens on leases only: on its own by itself, on an additional port where
/// <see cref="ConfigureBuilder"/> has Kestrel do so by <see cref="KestrelLeaseExtensions.ListenOnLease"/>.
/// <see cref="SharedServiceExtensions.AddSharedSingleton"/> shares a singleton of the application; inject anything else through the constructor.
/// </remarks>
public abstract class WebPortService : IPortService
{
    private WebApplication? _application;

    /// <inheritdoc/>
    public virtual async Task StartAsync(PortLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var builder = InnerApplication.CreateBuilder(lease.Services, lease.Name);
        ConfigureBuilder(builder);
        var application = InnerApplication.Build(builder, lease);
        try
        {
            Configure(application);
            InnerApplication.Confine(application, lease);
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _application = application;
        application.Lifetime.ApplicationStopping.Register(() => EndWith(application, lease));
    }

    /// <summary>Stops accepting, answers what was accepted, and ends. A request that takes longer than the stop timeout is cut.</summary>
    /// <param name="cancellationToken">Cancelled when the stop timeout has passed.</param>
    public virtual async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _application, null) is not { } application)
        {
            return;
        }

        await using (application.ConfigureAwait(false))
        {
            await application.StopAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Adds services to the web application and sets up its Kestrel.</summary>
    /// <param name="builder">The builder of this start.</param>
    protected virtual void ConfigureBuilder(WebApplicationBuilder builder)
    {
    }

    /// <summary>Sets up the web application's middleware and endpoints.</summary>
    /// <param name="app">The web application of this start.</param>
    protected abstract void Configure(WebApplication app);

    // Not stopped by the service: a background service of the web application has failed, or its code wants the end.
    private void EndWith(WebApplication application, PortLease lease)
    {
        if (!ReferenceEquals(_application, application))
        {
            return;
        }

        var failures = application.Services.GetServices<IHostedService>().OfType<BackgroundService>().Select(static s => s.ExecuteTask?.Exception?.InnerException);
        if (failures.FirstOrDefault(static e => e is not null) is { } failure)
        {
            lease.ReportFailure(failure);
        }
        else
        {
            lease.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }
    }
}
