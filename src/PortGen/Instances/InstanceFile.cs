using Microsoft.Extensions.Logging;
using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>The instance file of this process, from the moment that its ports are bound until they are released: the same in every folder.</summary>
internal sealed class InstanceFile
{
    private static int s_sequence;

    private readonly Lock _lock = new();
    private readonly Func<PrivateFolders> _open;
    private readonly ILogger _logger;
    private readonly InstanceFileName _name;
    private InstanceRecord _record;
    private ControlSocket? _control;
    private List<IDisposable> _holds = [];
    private bool _removed;

    private InstanceFile(Func<PrivateFolders> open, InstanceRecord record, ILogger logger)
    {
        _open = open;
        _record = record;
        _logger = logger;
        _name = InstanceFileName.Of(record, Interlocked.Increment(ref s_sequence));
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be written.</exception>
    /// <param name="folders">The folders.</param>
    /// <param name="open">Opens them again.</param>
    /// <param name="record">The content.</param>
    /// <param name="logger">For warnings.</param>
    /// <param name="listen">Opens the control socket that goes with the file; <see langword="null"/> for none.</param>
    public static InstanceFile Create(
        PrivateFolders folders, Func<PrivateFolders> open, InstanceRecord record, ILogger logger, Func<InstanceFileName, ControlSocket>? listen = null)
    {
        var file = new InstanceFile(open, record, logger);

        // Before the file: whoever finds it can connect.
        file._control = listen?.Invoke(file._name);
        try
        {
            file.Write(folders);
            return file;
        }
        catch
        {
            file.Remove();
            throw;
        }
    }

    /// <summary>Tells of other ports from now on, as when a service was restarted on another, or of another state of the application.</summary>
    /// <param name="ports">The numbers that are held.</param>
    /// <param name="state">The state; <see langword="null"/> for the same as before.</param>
    public void Update(IReadOnlyList<int> ports, string? state = null)
    {
        lock (_lock)
        {
            state ??= _record.State;
            if (!_removed && (state != _record.State || !ports.SequenceEqual(_record.Ports)))
            {
                _record = _record with { Ports = ports, State = state };
                Change(Write);
            }
        }
    }

    /// <summary>Removes the file; what is updated later changes nothing. A second call does nothing.</summary>
    public void Remove()
    {
        lock (_lock)
        {
            if (!_removed)
            {
                _removed = true;
                Change(folders => folders.InEach(folder =>
                {
                    folder.Delete(_name.ToString());
                    folder.Delete(_name.Control);
                }));
                _control?.Dispose();
                Keep([]);
            }
        }
    }

    private void Write(PrivateFolders folders)
    {
        var content = _record.ToJson();
        var holds = new List<IDisposable>();
        folders.InEach(folder =>
        {
            if (folder.Write(_name.ToString(), _name.Temporary, content) is { } hold)
            {
                holds.Add(hold);
            }
        });
        Keep(holds);
    }

    private void Keep(List<IDisposable> holds)
    {
        _holds.ForEach(static h => h.Dispose());
        _holds = holds;
    }

    private void Change(Action<PrivateFolders> change)
    {
        try
        {
            using var folders = _open();
            change(folders);
        }
        catch (Exception e)
        {
            // Whatever it is, the services go on.
            _logger.InstanceFilesUnavailable(LogLevel.Warning, e.Message);
        }
    }
}
