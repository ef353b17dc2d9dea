using System.ComponentModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PortGen.Configuration;
using PortGen.Hosting;
using PortGen.Instances;
using PortGen.Services;

namespace PortGen;

/// <summary>Adds port services to a host. The generated code calls this; other code does not need to.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PortHostBuilderExtensions
{
    /// <summary>Adds the services of a manifest: they start and stop with the host. The generated <c>AddPortServices()</c> calls this.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="manifest">The services.</param>
    /// <param name="configure">Sets time-outs and the like; the configuration overrides it.</param>
    /// <exception cref="InvalidOperationException">Port services were added before: an application has one manifest.</exception>
    public static void AddPortServices(IHostApplicationBuilder builder, PortManifest manifest, Action<PortServicesOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(manifest);
        if (StartOptions.FindIn(Environment.GetCommandLineArgs().Skip(1)) is { Count: > 0 } options)
        {
            builder.Configuration.AddCommandLine([.. options]);
        }

        Add(builder, manifest, configure);
    }

    /// <summary>The same for a host whose arguments have been read.</summary>
    internal static void Add(IHostApplicationBuilder builder, PortManifest manifest, Action<PortServicesOptions>? configure = null)
    {
        if (builder.Services.Any(static s => s.ServiceType == typeof(PortHostedService)))
        {
            throw new InvalidOperationException("Port services were added to this host already; one host runs one manifest.");
        }

        if (SettingsBesideTheApplication.Read(builder) is { } warning)
        {
            builder.Services.AddSingleton(warning);
        }

        foreach (var service in manifest.Services)
        {
            service.Register(builder.Services);
        }

        // For code that serves a port without being a port service, such as a hosted service: it can be injected before the port is bound.
        foreach (var port in manifest.Ports)
        {
            builder.Services.AddKeyedTransient(port.Name, static (provider, name) => provider.GetRequiredService<ApplicationPorts>().Promise((string)name!));
        }

        if (configure is not null)
        {
            builder.Services.Configure(configure);
        }

        builder.Services.AddSingleton(manifest);
        builder.Services.TryAddSingleton<PortRegistry>();
        builder.Services.AddSingleton(static provider => InstanceDirectory.Create(
            provider.GetRequiredService<IHostEnvironment>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger("PortGen")));
        builder.Services.AddSingleton<PortTelemetry>();
        builder.Services.AddSingleton<PlanSource>();
        builder.Services.AddSingleton<ServiceFailure>();
        builder.Services.AddSingleton<ILeaseOwner, LeaseOwner>();
        builder.Services.AddSingleton<ApplicationPorts>();
        builder.Services.AddSingleton<ServingWatch>();
        builder.Services.AddSingleton<ServiceControl>();
        builder.Services.AddSingleton<HandOver>();
        builder.Services.AddSingleton(static provider => new PortManager(
            provider.GetRequiredService<ServiceControl>(), provider.GetRequiredService<ApplicationPorts>(), provider.GetRequiredService<PortRegistry>()));
        builder.Services.AddSingleton<ReadyFile>();
        builder.Services.AddSingleton<PortGuard>();
        builder.Services.AddSingleton<PortHostedService>();
        if (!DesignTimeHost.IsRunning)
        {
            builder.Services.AddHostedService(static provider => provider.GetRequiredService<PortHostedService>());
        }

        HostStartLog.AddTo(builder.Services);
        builder.Services.AddOptions<HostOptions>().Configure<IConfiguration, IHostEnvironment, IOptions<PortServicesOptions>>((options, configuration, environment, ports) =>
            RaiseShutdownTimeout(options, PortPlanner.ShutdownTime(manifest, configuration, environment, ports.Value)));
    }

    // The host would cut a shutdown short that every service is still within its own limits of.
    private static void RaiseShutdownTimeout(HostOptions options, TimeSpan ports)
    {
        var needed = ports + TimeSpan.FromSeconds(5);
        if (needed > options.ShutdownTimeout && options.ShutdownTimeout != Timeout.InfiniteTimeSpan)
        {
            options.ShutdownTimeout = needed;
        }
    }
}
