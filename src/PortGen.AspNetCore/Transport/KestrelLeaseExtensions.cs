using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PortGen.Transport;

namespace PortGen;

/// <summary>Lets Kestrel listen on ports that PortGen holds.</summary>
public static class KestrelLeaseExtensions
{
    /// <summary>Lets the application's own web host serve leases, see <see cref="ListenOnLease"/>. Other endpoints work as before.</summary>
    /// <param name="builder">The web host's builder; its application must have port services.</param>
    public static IWebHostBuilder UsePortLeases(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(static services =>
        {
            // This host is the application's own, so it opens when the application is complete. Its server is made before the ports are.
            services.TryAddSingleton(static provider => new LeaseSource(
                name => provider.GetRequiredService<PortManager>().FindLease(name),
                cancellationToken => provider.GetRequiredService<PortManager>().WaitForStartAsync(cancellationToken)));
            services.AddLeaseTransport();
        });
    }

    /// <summary>Serves the connections of a lease.</summary>
    /// <param name="options">Kestrel's options.</param>
    /// <param name="port">The port's name. It is bound when the application starts; Kestrel serves it on all its addresses.</param>
    /// <param name="configure">Sets up the endpoint: HTTPS, protocols. HTTP/3 is off, since a lease is TCP.</param>
    /// <exception cref="InvalidOperationException">The web host can't serve leases: <see cref="UsePortLeases"/> was not called.</exception>
    public static void ListenOnLease(this KestrelServerOptions options, string port, Action<ListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(port);
        var leases = options.ApplicationServices?.GetService<LeaseSource>()
            ?? throw new InvalidOperationException($"This web host can't listen on the lease '{port}': call builder.WebHost.UsePortLeases() first.");
        if (leases.Wanted.Contains(port))
        {
            throw new InvalidOperationException($"Kestrel already listens on the lease '{port}': call ListenOnLease once for each port.");
        }

        leases.Wanted.Add(port);
        options.Listen(new LeaseEndPoint(port), endpoint =>
        {
            endpoint.Use(Linger.Around);
            var untouched = endpoint.Protocols;
            configure?.Invoke(endpoint);
            endpoint.DisableAltSvcHeader = true;

            // Protocols that were set, to whatever value, make Kestrel complain of an endpoint without TLS.
            if (endpoint.Protocols != untouched)
            {
                endpoint.Protocols &= ~HttpProtocols.Http3;
            }
        });
    }
}
