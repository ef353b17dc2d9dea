namespace PortGen.Tests.Support;

/// <summary>What happened, and what shall go wrong.</summary>
internal sealed class Journal
{
    private readonly Lock _lock = new();
    private readonly List<string> _entries = [];

    public IReadOnlyList<string> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>"alpha start" and the like: what to do then.</summary>
    public Dictionary<string, Func<CancellationToken, Task>> Misbehaviour { get; } = [];

    public void Add(string entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    public Task MisbehaveAsync(string name, string phase, CancellationToken cancellationToken) =>
        Misbehaviour.TryGetValue($"{name} {phase}", out var misbehave) ? misbehave(cancellationToken) : Task.CompletedTask;
}
