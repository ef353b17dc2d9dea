using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortGen.Transport;

namespace PortGen.Hosting;

/// <summary>The Kestrel of a web application's own host. Of another server, such as a test's, the ports are not held.</summary>
/// <param name="services">The application's container. The server is made from it when the host starts, and not before.</param>
/// <param name="configuration">The application's configuration.</param>
/// <param name="leases">Where Kestrel finds the leases.</param>
/// <param name="loggerFactory">Makes the logger.</param>
/// <param name="port">The host's main port.</param>
internal sealed class KestrelHostServer(IServiceProvider services, IConfiguration configuration, LeaseSource leases, ILoggerFactory loggerFactory, string port) : IHostServer
{
    private static readonly TimeSpan s_factoryTime = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");

    /// <inheritdoc/>
    public string? Obstacle { get; private set; }

    /// <inheritdoc/>
    public HostPorts Prepare()
    {
        var server = services.GetRequiredService<IServer>();
        if (server.GetType().Assembly != typeof(KestrelServer).Assembly)
        {
            _logger.OtherServer(IsOfTest(server) ? LogLevel.Debug : LogLevel.Warning, port, server.GetType().FullName ?? "");
            return HostPorts.NotHeld;
        }

        if (IisFilter.IsIn(services))
        {
            Obstacle = $"Port '{port}' answers 400 to every client but IIS, because its environment variables are set (ASPNETCORE_PORT, ASPNETCORE_TOKEN, ASPNETCORE_APPL_PATH): "
                + "unset them, or leave the port to IIS and remove [PortService] from the entry point";
        }

        var added = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var isFactory = IsFactory();
        if (isFactory)
        {
            SpinWait.SpinUntil(() => added.Count > 0, s_factoryTime);
        }

        var addresses = new HostAddresses(configuration, added);
        if (isFactory || addresses.AreFree)
        {
            LeaseAddresses.Install(server, leases, isOfTest: true);
            return HostPorts.Free;
        }

        foreach (var (level, source, text) in addresses.Ignored())
        {
            _logger.AddressIgnored(level, text, source, port);
        }

        LeaseAddresses.Install(server, leases);
        return HostPorts.Held;
    }

    private static bool IsOfTest(IServer server) => server.GetType().Assembly.GetName().Name == "Microsoft.AspNetCore.TestHost";

    // WebApplicationFactory runs the entry point in the test's process, and says the address of UseKestrel(0) beside the start. One can't rely on seeing it, so the
    // ports are free in any case; but what came into Kestrel's list after this moment would be where it listens.
    private bool IsFactory() =>
        Assembly.GetEntryAssembly() is { } entry && entry != services.GetRequiredService<PortManifest>().Services.First(static s => s.IsHost).ServiceType.Assembly
        && Array.Exists(AppDomain.CurrentDomain.GetAssemblies(), static a => a.GetName().Name == "Microsoft.AspNetCore.Mvc.Testing");
}
