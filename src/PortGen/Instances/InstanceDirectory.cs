using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>Which applications of port services run on this machine, by the files that they leave. Nothing here ever fails a start.</summary>
/// <param name="application">The application's name.</param>
/// <param name="contentRoot">Its content root.</param>
/// <param name="processes">The system's processes.</param>
/// <param name="open">Opens the folder of the files.</param>
/// <param name="logger">For warnings.</param>
internal sealed class InstanceDirectory(string application, string contentRoot, ProcessTable processes, Func<PrivateFolder> open, ILogger logger)
{
    private const string FolderName = "portgen";

    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    /// <summary>The directory of this user, as the application sees it.</summary>
    public static InstanceDirectory Create(IHostEnvironment environment, ILogger logger) => new(
        Assembly.GetEntryAssembly()?.GetName().Name ?? environment.ApplicationName,
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(environment.ContentRootPath)),
        ProcessTable.System,
        static () => PrivateFolder.Open(FolderName),
        logger);

    /// <summary>Clears away the files of processes that have ended, and leaves one about this process once its ports are known.</summary>
    /// <param name="ports">The numbers that are held; <see langword="null"/> if it comes to nothing.</param>
    /// <returns>The file; <see langword="null"/> if there can't be one, of which a warning tells, or shall be none.</returns>
    public Task<InstanceFile?> RegisterAsync(Task<IReadOnlyList<int>?> ports) => TryAsync(async () =>
    {
        using var folder = open();
        _ = Scan(folder).Count();
        var self = Self();
        return await ports.ConfigureAwait(false) is { } held ? InstanceFile.Create(folder, open, self with { Ports = held }, logger) : null;
    });

    /// <summary>Other instances of this application that started before this one and hold one of the numbers. Their identity is yet to be proven.</summary>
    public IReadOnlyList<InstanceRecord> FindEarlier(IReadOnlyList<PortRange> numbers) => Try(() =>
    {
        using var folder = open();
        var self = Self();
        return Scan(folder)
            .Where(r => r.IsSameApplication(self) && r.IsEarlierThan(self) && r.Ports.Any(p => numbers.Any(n => n.Contains(p))))
            .ToList();
    }) ?? [];

    /// <summary>Other instances of this application, each proven to run. They are for messages, and nothing is logged.</summary>
    public IReadOnlyList<InstanceRecord> FindRunning()
    {
        try
        {
            using var folder = open();
            var self = Self();
            var running = new List<InstanceRecord>();
            foreach (var fileName in folder.List())
            {
                if (InstanceFileName.TryParse(fileName, out var name, out _) && name.ProcessId != self.ProcessId
                    && Load(folder, name).Record is { } record && record.IsSameApplication(self) && InstanceProof.Of(record, processes).State == InstanceState.Running)
                {
                    running.Add(record);
                }
            }

            return running;
        }
        catch (Exception)
        {
            // As in Try: whatever it is, it is not worth a failed start.
            return [];
        }
    }

    /// <summary>Removes the files of an instance that was ended here and so could not do it itself.</summary>
    public void Forget(InstanceRecord record) => Try<object>(() =>
    {
        using var folder = open();
        foreach (var fileName in folder.List().Where(n => InstanceFileName.TryParse(n, out var name, out _) && name.Fits(record)))
        {
            folder.Delete(fileName);
        }

        return null;
    });

    // What is certainly of no use any more is removed on the way.
    private IEnumerable<InstanceRecord> Scan(PrivateFolder folder)
    {
        foreach (var fileName in folder.List())
        {
            if (!InstanceFileName.TryParse(fileName, out var name, out var isTemporary))
            {
                continue;
            }

            if (isTemporary)
            {
                RemoveAbandoned(folder, name);
                continue;
            }

            var (record, defect) = Load(folder, name);
            if (record is not null && InstanceProof.Of(record, processes) is { State: InstanceState.Ended } proof)
            {
                (record, defect) = (null, proof.Reason);
            }

            if (record is not null)
            {
                yield return record;
            }
            else if (defect is not null)
            {
                Discard(folder, fileName, defect);
            }
        }
    }

    // Neither a record nor a defect: the file was removed just now.
    private static (InstanceRecord? Record, string? Defect) Load(PrivateFolder folder, InstanceFileName name)
    {
        var reading = folder.Read(name.ToString());
        if (!reading.IsTrusted)
        {
            return (null, reading.IsMissing ? null : reading.Defect);
        }

        return InstanceRecord.Parse(reading.Content) is { } record && name.Fits(record) ? (record, null) : (null, "it is damaged");
    }

    private void RemoveAbandoned(PrivateFolder folder, InstanceFileName name)
    {
        if (name.Namespace == InstanceFileName.Of(Self(), 0).Namespace && processes.Read(name.ProcessId).IsGone)
        {
            Discard(folder, name.Temporary, "the process ended while it wrote the file");
        }
    }

    private void Discard(PrivateFolder folder, string fileName, string reason)
    {
        var isOwn = folder.IsOwn(fileName);
        if (isOwn)
        {
            try
            {
                folder.Delete(fileName);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                isOwn = false;
            }
        }

        if (IsNew(fileName))
        {
            logger.InstanceFileIgnored(Path.Combine(folder.Name, fileName), isOwn ? "removed" : "ignored", reason);
        }
    }

    // Force restart and registration look at the same files; one warning is enough.
    private bool IsNew(string subject)
    {
        lock (_warned)
        {
            return _warned.Add(subject);
        }
    }

    private InstanceRecord Self() => InstanceSelf.Describe(application, contentRoot, processes);

    private T? Try<T>(Func<T?> action)
        where T : class =>
        TryAsync(() => Task.FromResult(action())).GetAwaiter().GetResult();

    private async Task<T?> TryAsync<T>(Func<Task<T?>> action)
        where T : class
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it is, it is not worth a failed start.
            if (IsNew(e.Message))
            {
                logger.InstanceFilesUnavailable(e.Message);
            }

            return null;
        }
    }
}
