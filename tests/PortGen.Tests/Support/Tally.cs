namespace PortGen.Tests.Support;

/// <summary>Counts what is done side by side, and tells whoever waits for a number of it.</summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly List<(int Goal, TaskCompletionSource Reached)> _waiters = [];
    private bool _isOver;

    public int Count { get; private set; }

    /// <summary>One more is done.</summary>
    public void Add()
    {
        lock (_lock)
        {
            Count++;
            Tell(w => w.Goal <= Count);
        }
    }

    /// <summary>Nothing more may come: nobody is to wait any longer.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
            Tell(static _ => true);
        }
    }

    /// <summary>Waits until so many more are done, or the end.</summary>
    public async Task ReachAsync(int more)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiters.Add((Count + more, reached));
            if (_isOver || more <= 0)
            {
                reached.SetResult();
            }
        }

        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    private void Tell(Predicate<(int Goal, TaskCompletionSource Reached)> isDue)
    {
        foreach (var (_, reached) in _waiters.FindAll(isDue))
        {
            reached.TrySetResult();
        }

        _waiters.RemoveAll(isDue);
    }
}
