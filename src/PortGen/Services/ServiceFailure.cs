using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PortGen.Services;

/// <summary>What happens when a service fails after its start: it is shown and told, and the application stops.</summary>
internal sealed class ServiceFailure(PortManifest manifest, IHostApplicationLifetime lifetime, PortRegistry registry, ILoggerFactory loggerFactory)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private PortServiceStartException? _first;

    /// <summary>The first service that failed, and so ended the application; <see langword="null"/> if none did.</summary>
    public PortServiceStartException? First => _first;

    /// <summary>A service that ran has failed.</summary>
    public void Report(string service, Exception reason)
    {
        foreach (var port in manifest.Services.First(s => s.Name == service).Ports)
        {
            registry.Failed(port.Name);
        }

        _logger.ServiceFailed(reason, service);
        Interlocked.CompareExchange(ref _first, new PortServiceStartException(service, reason), null);
        lifetime.StopApplication();
    }
}
