using Microsoft.Extensions.Logging;
using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>The instance file of this process, from the moment that its ports are bound until they are released.</summary>
internal sealed class InstanceFile
{
    private static int s_sequence;

    private readonly Lock _lock = new();
    private readonly Func<PrivateFolder> _open;
    private readonly ILogger _logger;
    private readonly InstanceFileName _name;
    private InstanceRecord _record;
    private bool _removed;

    private InstanceFile(Func<PrivateFolder> open, InstanceRecord record, ILogger logger)
    {
        _open = open;
        _record = record;
        _logger = logger;
        _name = InstanceFileName.Of(record, Interlocked.Increment(ref s_sequence));
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be written.</exception>
    public static InstanceFile Create(PrivateFolder folder, Func<PrivateFolder> open, InstanceRecord record, ILogger logger)
    {
        var file = new InstanceFile(open, record, logger);
        file.Write(folder);
        return file;
    }

    /// <summary>Tells of other ports from now on, as when a service was restarted on another.</summary>
    public void Update(IReadOnlyList<int> ports)
    {
        lock (_lock)
        {
            if (!_removed && !ports.SequenceEqual(_record.Ports))
            {
                _record = _record with { Ports = ports };
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
                Change(folder => folder.Delete(_name.ToString()));
            }
        }
    }

    private void Write(PrivateFolder folder) => folder.Write(_name.ToString(), _name.Temporary, _record.ToJson());

    private void Change(Action<PrivateFolder> change)
    {
        try
        {
            using var folder = _open();
            change(folder);
        }
        catch (Exception e)
        {
            // Whatever it is, the services go on.
            _logger.InstanceFilesUnavailable(e.Message);
        }
    }
}
