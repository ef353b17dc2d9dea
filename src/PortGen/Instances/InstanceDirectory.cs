using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Configuration;
using PortGen.Platform;
using PortGen.Platform.Unix;

namespace PortGen.Instances;

/// <summary>Which applications of port services run on this machine, by the files that they leave. Nothing here ever fails a start.</summary>
/// <param name="application">The application.</param>
/// <param name="processes">The system's processes.</param>
/// <param name="open">Opens the folders of the files.</param>
/// <param name="logger">For warnings.</param>
internal sealed class InstanceDirectory(ApplicationIdentity application, ProcessTable processes, Func<PrivateFolders> open, ILogger logger)
{
    private const string FolderName = "portgen";

    private static readonly TimeSpan s_longestWrite = TimeSpan.FromHours(1);

    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    /// <summary>The directory of this user, as the application sees it.</summary>
    public static InstanceDirectory Create(IHostEnvironment environment, ILogger logger) => new(
        ApplicationIdentity.OfThisProcess(environment.ApplicationName), ProcessTable.System, static () => PrivateFolders.Open(FolderName), logger);

    /// <summary>The application.</summary>
    public ApplicationIdentity Application => application;

    /// <summary>Where files were looked for last.</summary>
    public string Places { get; private set; } = "no folder";

    /// <summary>The same for an application whose id is configured.</summary>
    /// <param name="id">The id; <see langword="null"/> for none.</param>
    public InstanceDirectory For(string? id) => id is null ? this : new(application with { Id = id }, processes, open, logger);

    /// <summary>Clears away the files of processes that have ended, and leaves one about this process once its ports are known.</summary>
    /// <param name="ports">The numbers that are held; <see langword="null"/> if it comes to nothing.</param>
    /// <param name="forceRestart">Whether it was started with force restart.</param>
    /// <param name="answer">Answers what other processes ask this one; <see langword="null"/> where nobody can.</param>
    /// <returns>The file; <see langword="null"/> if none can be written, which is logged, or none is wanted.</returns>
    public Task<InstanceFile?> RegisterAsync(
        Task<IReadOnlyList<int>?> ports, bool forceRestart = false, Func<string, DescriptorChannel, Task>? answer = null) => TryAsync(forceRestart ? LogLevel.Warning : LogLevel.Information, async () =>
    {
        using var folders = open();
        _ = Scan(folders).Count();
        var self = Self() with { ForceRestart = forceRestart };
        return await ports.ConfigureAwait(false) is { } held ? InstanceFile.Create(folders, open, self with { Ports = held }, logger, answer is null ? null : name => ControlSocket.Open(folders, name, processes.User, answer)) : null;
    });

    /// <summary>Other instances of this application in this network. Their identity is yet to be proven.</summary>
    public IReadOnlyList<InstanceRecord> FindOthers() => Try(() =>
    {
        using var folders = open();
        Places = folders.Names;
        var self = Self();
        return Scan(folders).Where(r => IsOther(r, self)).ToList();
    }) ?? [];

    /// <summary>Waits for the turn of this start among those with force restart.</summary>
    /// <returns>To be disposed of; <see langword="null"/> where there are no files, and so nobody to wait for.</returns>
    /// <exception cref="PortUnavailableException">Somebody else has had it for longer than any start may take (PG3003).</exception>
    public async Task<IDisposable?> LockAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        using var folders = Try(open);
        return folders is not null && Try(Self) is { } self
            ? await RestartLock.TakeAsync(folders, self, processes, plan, logger, cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <summary>Whether this process started before another instance.</summary>
    public bool IsEarlierThan(InstanceRecord other) => Self().IsEarlierThan(other);

    /// <summary>Connects to the control socket of an instance.</summary>
    /// <returns>The connection; <see langword="null"/> where it has none, or can't be reached.</returns>
    public DescriptorChannel? Connect(InstanceRecord record) => Try(() =>
    {
        using var folders = open();
        foreach (var folder in folders.All)
        {
            foreach (var fileName in folder.List())
            {
                if (InstanceFileName.TryParse(fileName, out var name, out var isTemporary) && !isTemporary && name.Fits(record) && folder.Connect(name.Control) is { } channel)
                {
                    return channel;
                }
            }
        }

        return null;
    });

    /// <summary>Other instances of this application, each proven to run. They are for messages, and nothing is logged.</summary>
    public IReadOnlyList<InstanceRecord> FindRunning()
    {
        try
        {
            using var folders = open();
            var self = Self();
            var running = new Dictionary<InstanceFileName, InstanceRecord>();
            foreach (var folder in folders.All)
            {
                foreach (var fileName in folder.List())
                {
                    if (InstanceFileName.TryParse(fileName, out var name, out _) && name.ProcessId != self.ProcessId && Load(folder, name).Record is { } record
                        && IsOther(record, self) && InstanceProof.Of(record, processes).State == InstanceState.Running)
                    {
                        running.TryAdd(name, record);
                    }
                }
            }

            return [.. running.Values];
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
        using var folders = open();
        folders.InEach(folder =>
        {
            foreach (var fileName in folder.List().Where(n => InstanceFileName.TryParse(n, out var name, out _) && name.Fits(record)))
            {
                folder.Delete(fileName);
                DeleteControl(folder, fileName);
            }
        });
        return null;
    });

    // In another network the same numbers are other ports.
    private static bool IsOther(InstanceRecord record, InstanceRecord self) =>
        record.IsSameApplication(self) && !record.IsSameProcess(self) && record.NetworkNamespace == self.NetworkNamespace;

    // An instance has the same file in several folders. What is certainly of no use any more is removed on the way.
    private IEnumerable<InstanceRecord> Scan(PrivateFolders folders)
    {
        var self = Self();
        var seen = new HashSet<InstanceFileName>();
        foreach (var folder in folders.All)
        {
            foreach (var fileName in folder.List())
            {
                if (InstanceFileName.TryParse(fileName, out var name, out var isTemporary) && Look(folder, name, isTemporary, self) is { } record && seen.Add(name))
                {
                    yield return record;
                }
                else if (InstanceFileName.TryParseControl(fileName, out name) && !folder.Exists(name.ToString()) && IsAbandoned(folder, name, fileName, self))
                {
                    // A process that was killed before it wrote its file.
                    Discard(folder, fileName, "its process has ended", name, self);
                }
            }
        }
    }

    private InstanceRecord? Look(PrivateFolder folder, InstanceFileName name, bool isTemporary, InstanceRecord self)
    {
        if (isTemporary)
        {
            if (IsAbandoned(folder, name, name.Temporary, self))
            {
                Discard(folder, name.Temporary, "the process ended while it wrote the file", name, self);
            }

            return null;
        }

        var (record, defect) = Load(folder, name);
        if (record is not null && EndOf(folder, name, record) is { } end)
        {
            (record, defect) = (null, end);
        }

        if (defect is not null)
        {
            Discard(folder, name.ToString(), defect, name, self);
        }

        return record;
    }

    // Why the process of a record has certainly ended. Of a process that can't be seen from here, in another container or on another machine that shares the folder, its file tells.
    private string? EndOf(PrivateFolder folder, InstanceFileName name, InstanceRecord record)
    {
        var proof = InstanceProof.Of(record, processes);
        if (record.BootId == processes.BootId && record.PidNamespace == processes.PidNamespace)
        {
            return proof.State == InstanceState.Ended ? proof.Reason : null;
        }

        return folder.IsHeld(name.ToString()) ? null : proof.State == InstanceState.Ended ? proof.Reason : "the process has ended in its pid namespace";
    }

    // Neither a record nor a defect: the file was removed just now, or a later version has written it.
    private static (InstanceRecord? Record, string? Defect) Load(PrivateFolder folder, InstanceFileName name)
    {
        var reading = folder.Read(name.ToString());
        if (!reading.IsTrusted)
        {
            return (null, reading.IsMissing ? null : reading.Defect);
        }

        return InstanceRecord.Parse(reading.Content) is { } record && name.Fits(record) ? (record, null)
            : InstanceRecord.IsOfLaterFormat(reading.Content) && folder.IsHeld(name.ToString()) ? (null, null)
            : (null, "it is damaged");
    }

    // A process that can't be seen from here gets an hour to write a file.
    private bool IsAbandoned(PrivateFolder folder, InstanceFileName name, string fileName, InstanceRecord self) => name.IsOfNamespace(self)
        ? processes.Read(name.ProcessId).IsGone
        : folder.LastWriteTime(fileName) < DateTime.UtcNow - s_longestWrite;

    // What other applications left is worth no warning here.
    private void Discard(PrivateFolder folder, string fileName, string reason, InstanceFileName name, InstanceRecord self)
    {
        var isOwn = folder.IsOwn(fileName);
        if (isOwn)
        {
            try
            {
                folder.Delete(fileName);
                DeleteControl(folder, fileName);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                isOwn = false;
            }
        }

        if (!InstanceFileName.TryParseControl(fileName, out _) && IsNew(fileName))
        {
            logger.InstanceFileIgnored(name.IsOfApplication(self) ? LogLevel.Warning : LogLevel.Debug, Path.Combine(folder.Name, fileName), isOwn ? "removed" : "ignored", reason);
        }
    }

    // The socket goes with the file that it belongs to.
    private static void DeleteControl(PrivateFolder folder, string fileName)
    {
        if (InstanceFileName.TryParse(fileName, out var name, out _))
        {
            folder.Delete(name.Control);
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

    private InstanceRecord Self() => InstanceSelf.Describe(application, processes);

    private T? Try<T>(Func<T?> action)
        where T : class =>
        TryAsync(LogLevel.Warning, () => Task.FromResult(action())).GetAwaiter().GetResult();

    private async Task<T?> TryAsync<T>(LogLevel level, Func<Task<T?>> action)
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
                logger.InstanceFilesUnavailable(level, e.Message);
            }

            return null;
        }
    }
}
