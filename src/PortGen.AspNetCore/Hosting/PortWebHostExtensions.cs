using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using PortGen.Hosting;
using PortGen.Transport;

namespace PortGen;

/// <summary>Adds port services to a web application.</summary>
public static class PortWebHostExtensions
{
    /// <summary>
    /// Adds the services of a manifest, and lets the application's own Kestrel serve the port of its entry point: on the lease and, by itself, nowhere else.
    /// The generated <c>AddPortServices()</c> calls this.
    /// </summary>
    /// <param name="builder">The web application's builder.</param>
    /// <param name="manifest">The services.</param>
    /// <param name="configure">Sets time-outs and the like; the configuration overrides it.</param>
    /// <exception cref="InvalidOperationException">Port services were added before: an application has one manifest.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void AddPortServices(WebApplicationBuilder builder, PortManifest manifest, Action<PortServicesOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(manifest);
        PortHostBuilderExtensions.AddPortServices(builder, manifest, configure);
        if (manifest.Services.FirstOrDefault(static s => s.IsHost)?.Name is not { } port)
        {
            return;
        }

        builder.WebHost.UsePortLeases();
        builder.Services.AddSingleton<IHostServer>(provider => ActivatorUtilities.CreateInstance<KestrelHostServer>(provider, port));
        builder.Services.AddSingleton<IStartupFilter>(provider => ActivatorUtilities.CreateInstance<HostHealth>(provider, port));
        builder.Services.AddHealthChecks().AddPorts();

        // Behind what the application has said of the endpoint itself.
        builder.Services.AddOptions<KestrelServerOptions>().PostConfigure<LeaseSource>((kestrel, leases) =>
        {
            if (!leases.Wanted.Contains(port))
            {
                kestrel.ListenOnLease(port);
            }
        });
    }
}
