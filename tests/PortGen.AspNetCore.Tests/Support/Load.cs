using System.Collections.Concurrent;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>Clients that send requests until the load is ended, and how these went.</summary>
internal abstract class Load
{
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private Task[] _clients = [];
    private int _served;

    public int Served => Volatile.Read(ref _served);

    /// <summary>What went wrong, and how often.</summary>
    public IReadOnlyDictionary<string, int> Failures => _failures;

    protected bool IsEnded => _ended.IsCancellationRequested;

    /// <summary>Waits until so many more are served.</summary>
    public async Task ServeAsync(int more)
    {
        var goal = Served + more;
        while (Served < goal)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>No client begins another request; waits for those under way.</summary>
    public async Task EndAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAll(_clients);
    }

    /// <summary>Sends requests as one of the clients until the load is ended.</summary>
    /// <param name="client">Which one, from 0 on.</param>
    protected abstract Task RunAsync(int client);

    protected void Begin(int clients) => _clients = [.. Enumerable.Range(0, clients).Select(i => Task.Run(() => RunAsync(i)))];

    protected void Count(string? failure)
    {
        if (failure is null)
        {
            Interlocked.Increment(ref _served);
        }
        else
        {
            _failures.AddOrUpdate(failure, 1, static (_, count) => count + 1);
        }
    }
}
