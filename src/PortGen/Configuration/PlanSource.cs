using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PortGen.Configuration;

/// <summary>Makes the plans of an application: the one that it starts with, and later ones, by the configuration as it is then.</summary>
internal sealed class PlanSource(
    PortManifest manifest, IConfiguration configuration, IHostEnvironment environment, ILoggerFactory loggerFactory, IEnumerable<StartupWarning>? startupWarnings = null,
    IOptions<PortServicesOptions>? options = null)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private IEnumerable<StartupWarning> _startupWarnings = startupWarnings ?? [];

    /// <summary>The plan by the configuration as the host has read it.</summary>
    /// <exception cref="PortConfigurationException">Rules are broken; it has them all.</exception>
    public PortPlan Plan()
    {
        foreach (var warning in Interlocked.Exchange(ref _startupWarnings, []))
        {
            _logger.ConfigurationWarning(warning.Text);
        }

        var plan = PortPlanner.Plan(manifest, configuration, environment, options?.Value);
        Log(plan);
        return plan;
    }

    /// <summary>The plan by the configuration as it is now: files and variables may have changed since the start.</summary>
    /// <exception cref="PortConfigurationException">Rules are broken, or a file can't be read.</exception>
    public PortPlan Replan()
    {
        try
        {
            (configuration as IConfigurationRoot)?.Reload();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw PortConfigurationException.Unreadable(e);
        }

        return Plan();
    }

    private void Log(PortPlan plan)
    {
        if (_logger.IsEnabled(LogLevel.Debug))
        {
            foreach (var port in plan.Ports)
            {
                _logger.Planned(
                    port.Name, port.Port, port.PortSource.ToString(), port.Range?.ToString() ?? "any", port.RangeSource.ToString(), port.Host, port.HostSource.ToString());
            }
        }

        foreach (var note in plan.Notes)
        {
            _logger.ConfigurationNote(note);
        }

        foreach (var warning in plan.Warnings)
        {
            _logger.ConfigurationWarning(warning);
        }
    }
}
