using System.Globalization;
using Microsoft.Extensions.Logging;
using PortGen.Services;

namespace PortGen.Hosting;

/// <summary>
/// The file of <c>Ports:ReadyFile</c>. It exists while the application is ready: every port that is held is served, and nothing drains. A port listens from the
/// first moment, so that one can connect proves nothing; this does, for programs that don't speak HTTP.
/// </summary>
internal sealed class ReadyFile(ApplicationPorts ports, PortRegistry registry, ILoggerFactory loggerFactory)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private readonly Lock _lock = new();
    private bool? _exists;

    /// <summary>Removes the file of an earlier run that could not do it, and follows the ports from now on.</summary>
    public void Watch()
    {
        if (ports.Plan.ReadyFile is { } path)
        {
            Show(Path.GetFullPath(path), isReady: false);
            registry.Changed += (_, _) => Show(Path.GetFullPath(path), IsReady(registry.Ports));
        }
    }

    private static bool IsReady(IReadOnlyList<PortStatus> statuses) =>
        statuses.Any(static p => p.State == PortState.Serving)
        && !statuses.Any(static p => p.IsExpected && p.State is PortState.Pending or PortState.Bound or PortState.Draining);

    private void Show(string path, bool isReady)
    {
        lock (_lock)
        {
            if (_exists == isReady)
            {
                return;
            }

            _exists = isReady;
            try
            {
                if (isReady)
                {
                    File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
                }
                else if (File.Exists(path))
                {
                    File.Delete(path);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _logger.ReadyFileFailed(path, isReady ? "written" : "removed", e.Message);
            }
        }
    }
}
