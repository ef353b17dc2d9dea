using System.Globalization;
using Microsoft.Extensions.Logging;
using PortGen.Platform;
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

    /// <summary>Removes the file of an earlier run that could not do it, and follows the ports from now on. The file of an instance that is to hand its ports over stays.</summary>
    public void Watch()
    {
        if (ports.Plan.ReadyFile is { } path)
        {
            if (ports.Plan.TakeOver && OwnerOf(path) is { } owner && !ProcessTable.System.Read(owner).IsGone)
            {
                _exists = false;
            }

            Show(Path.GetFullPath(path), isReady: false);
            registry.Changed += (_, _) => Show(Path.GetFullPath(path), IsReady(registry.Ports));
        }
    }

    // Whose process id it has; null where there is none, or no file.
    private static int? OwnerOf(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var owner) ? owner : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsReady(IReadOnlyList<PortStatus> statuses) =>
        statuses.Any(static p => p.State == PortState.Serving)
        && !statuses.Any(static p => p.IsExpected && p.State is PortState.Pending or PortState.Bound or PortState.Draining);

    // By the end of a hand-over the file is the newcomer's.
    private void Show(string path, bool isReady)
    {
        lock (_lock)
        {
            if (_exists == isReady)
            {
                return;
            }

            var isFirst = _exists is null;
            _exists = isReady;
            try
            {
                if (isReady)
                {
                    File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
                }
                else if (File.Exists(path) && (isFirst || OwnerOf(path) is not { } owner || owner == Environment.ProcessId))
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
