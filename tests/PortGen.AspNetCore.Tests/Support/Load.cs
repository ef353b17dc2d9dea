using System.Collections.Concurrent;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>Clients that send requests until the load is ended, and how these went.</summary>
internal abstract class Load
{
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private Task[] _clients = [];
    private readonly Tally _served = new();

    public int Served => _served.Count;

    /// <summary>What went wrong, and how often.</summary>
    public IReadOnlyDictionary<string, int> Failures => _failures;

    protected bool IsEnded => _ended.IsCancellationRequested;

    /// <summary>Waits until so many more are served.</summary>
    public Task ServeAsync(int more) => _served.ReachAsync(more);

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
            _served.Add();
        }
        else
        {
            _failures.AddOrUpdate(failure, 1, static (_, count) => count + 1);
        }
    }
}
