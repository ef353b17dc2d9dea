using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Transport;

namespace PortGen.Hosting;

/// <summary>Makes the web application of a service: it has the outer configuration and logging, and serves leases only.</summary>
internal static class InnerApplication
{
    public static WebApplicationBuilder CreateBuilder(IServiceProvider outer, PortLease lease)
    {
        var environment = outer.GetRequiredService<IHostEnvironment>();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = environment.ApplicationName,
            EnvironmentName = environment.EnvironmentName,
            ContentRootPath = environment.ContentRootPath,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });

        // What the builder has read by itself would be read twice, and ASPNETCORE_URLS is not for a web service.
        builder.Configuration.Sources.Clear();
        ((IConfigurationBuilder)builder.Configuration).Add(new OuterConfiguration(outer.GetRequiredService<IConfiguration>()));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.Services.Replace(ServiceDescriptor.Singleton(outer.GetRequiredService<ILoggerFactory>()));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.Services.AddSingleton(outer.GetRequiredService<PortManager>());
        builder.Services.AddSingleton(outer.GetRequiredService<PortRegistry>());

        builder.Services.AddHealthChecks().AddPorts(lease.Name);

        // The service's stop has a limit of its own.
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        return builder;
    }

    public static WebApplication Build(WebApplicationBuilder builder, PortLease lease)
    {
        builder.Services.RemoveAll<IConnectionListenerFactory>();
        builder.Services.AddSingleton(new LeaseSource(name => lease[name])).AddLeaseTransport();
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
            application.MapHealthChecks(healthPath);
        }

        return application;
    }
}
