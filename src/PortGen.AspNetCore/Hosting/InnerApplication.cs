using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Transport;

namespace PortGen.Hosting;

/// <summary>Makes the web application of a service: a full one, with the outer configuration and logging, that serves leases only.</summary>
internal static class InnerApplication
{
    // What a web application reads when its builder is made. The environment reaches it by itself, the rest of the outer configuration not.
    private static readonly string[] s_hostSettings =
    [
        WebHostDefaults.WebRootKey, WebHostDefaults.DetailedErrorsKey, WebHostDefaults.CaptureStartupErrorsKey, WebHostDefaults.SuppressStatusMessagesKey,
        WebHostDefaults.PreventHostingStartupKey, WebHostDefaults.HostingStartupAssembliesKey, WebHostDefaults.HostingStartupExcludeAssembliesKey,
        WebHostDefaults.StaticWebAssetsKey, "ForwardedHeaders_Enabled",
    ];

    public static WebApplicationBuilder CreateBuilder(IServiceProvider outer, string service)
    {
        var environment = outer.GetRequiredService<IHostEnvironment>();
        var configuration = outer.GetRequiredService<IConfiguration>();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = environment.ApplicationName,
            EnvironmentName = environment.EnvironmentName,
            ContentRootPath = environment.ContentRootPath,
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. s_hostSettings.Where(k => configuration[k] is not null).Select(k => $"--{k}={configuration[k]}")],
        });

        // What the builder has read by itself would be read twice. On top is what this service sets itself.
        builder.Configuration.Sources.Clear();
        IConfigurationBuilder settings = builder.Configuration;
        settings.Add(new OuterConfiguration(new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").Build()));
        settings.Add(new OuterConfiguration(configuration));
        builder.Configuration.AddInMemoryCollection();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new OuterLogging(outer.GetRequiredService<ILoggerFactory>()));
        builder.Logging.AddFilter<OuterLogging>(null, LogLevel.Trace);
        IisFilter.RemoveFrom(builder.Services);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.Services.AddSingleton<IApplicationDiscriminator>(new ServiceDiscriminator(environment.ContentRootPath, service));
        builder.Services.AddSingleton(new OuterServices(outer));
        builder.Services.AddSingleton(outer.GetRequiredService<PortManager>());
        builder.Services.AddSingleton(outer.GetRequiredService<PortRegistry>());
        builder.Services.AddHealthChecks().AddPorts(service);

        // The service's stop has a limit of its own.
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        return builder;
    }

    public static WebApplication Build(WebApplicationBuilder builder, PortLease lease)
    {
        builder.Services.RemoveAll<IConnectionListenerFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(new ForeignEndPoints(lease.Name));
        builder.Services.AddSingleton(new LeaseSource(name => lease[name], ending: lease.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping)).AddLeaseTransport();
        builder.Services.AddOptions<KestrelServerOptions>().PostConfigure<LeaseSource>((kestrel, leases) =>
        {
            if (!leases.Wanted.Contains(lease.Name))
            {
                kestrel.ListenOnLease(lease.Name);
            }
        });
        var application = builder.Build();
        if (application.Services.GetRequiredService<PortRegistry>().GetPort(lease.Name).HealthPath is { } healthPath)
        {
            // Open to the orchestrator whatever the service asks of others; an endpoint of the service's own on the path goes first.
            application.MapHealthChecks(healthPath).AllowAnonymous().WithOrder(int.MaxValue);
        }

        return application;
    }

    /// <summary>Lets the server listen on leases only, whatever the variables of the process say.</summary>
    /// <exception cref="InvalidOperationException">The service's own code wants it to listen elsewhere.</exception>
    public static void Confine(WebApplication application, PortLease lease)
    {
        var server = application.Services.GetRequiredService<IServer>();
        if (server.GetType().Assembly == typeof(KestrelServer).Assembly
            && LeaseAddresses.Install(server, application.Services.GetRequiredService<LeaseSource>()) is [var address, ..])
        {
            throw new InvalidOperationException(ForeignEndPoints.Refusal(lease.Name, address));
        }
    }

    /// <summary>Tells the protected data (cookies, antiforgery tokens) of one service from that of another: browsers share cookies across ports.</summary>
    private sealed class ServiceDiscriminator(string contentRoot, string service) : IApplicationDiscriminator
    {
        public string Discriminator => contentRoot + "|" + service;
    }
}
