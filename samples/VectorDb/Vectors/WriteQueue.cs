using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;

namespace VectorDb.Vectors;

/// <summary>
/// Writes one after the other, and commits those that wait together: what takes long is to bring a commit to the disk, and it takes as long for one as for a
/// hundred. A write is answered when it is on the disk.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    private const int MaxTogether = 256;

    private readonly IDbContextFactory<VectorDatabase> _databases;
    private readonly Channel<Write> _waiting = Channel.CreateBounded<Write>(new BoundedChannelOptions(4 * MaxTogether) { SingleReader = true });
    private readonly Task _writing;

    public WriteQueue(IDbContextFactory<VectorDatabase> databases)
    {
        _databases = databases;

        // SQLite blocks its thread while it writes.
        _writing = Task.Factory.StartNew(WriteAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Whether the last write found no room on the disk.</summary>
    public bool IsDiskFull { get; private set; }

    /// <summary>Does something to the database in its turn. If it throws, it has changed nothing, and the others are written all the same.</summary>
    /// <param name="change">Changes what it has read of the database; saving is left to the queue.</param>
    /// <param name="cancellationToken">Gives up waiting for a place in the queue. What has one is written.</param>
    public async Task<T> RunAsync<T>(Func<VectorDatabase, Task<T>> change, CancellationToken cancellationToken)
    {
        var result = default(T);
        var write = new Write(async database => result = await change(database));
        await _waiting.Writer.WriteAsync(write, cancellationToken);
        await write.Written.Task;
        return result!;
    }

    /// <summary>Takes no more, and ends when everything is written.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        var together = new List<Write>(MaxTogether);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (together.Count < MaxTogether && _waiting.Reader.TryRead(out var write))
            {
                together.Add(write);
            }

            await WriteAsync(together);
            together.Clear();
        }
    }

    private async Task WriteAsync(IReadOnlyList<Write> together)
    {
        var done = new List<Write>(together.Count);
        try
        {
            await using var database = await _databases.CreateDbContextAsync();
            await using var transaction = await database.Database.BeginTransactionAsync();
            foreach (var write in together)
            {
                if (await TryAsync(database, write))
                {
                    done.Add(write);
                }
            }

            await transaction.CommitAsync();
            IsDiskFull = false;
            done.ForEach(static w => w.Written.SetResult());
        }
        catch (Exception e)
        {
            // Nothing of it is there, and nobody is told otherwise.
            IsDiskFull = DiskFull.Is(e);
            foreach (var write in together)
            {
                write.Written.TrySetException(IsDiskFull ? DiskFull.Refusal() : e);
            }
        }
    }

    // Saving is all or nothing by itself (a savepoint), and leaves the transaction to the others.
    private static async Task<bool> TryAsync(VectorDatabase database, Write write)
    {
        try
        {
            await write.Change(database);
            await database.SaveChangesAsync();
            return true;
        }
        catch (Exception e) when (e is VectorException or DbUpdateException && !DiskFull.Is(e))
        {
            write.Written.SetException(e);
            return false;
        }
        finally
        {
            database.ChangeTracker.Clear();
        }
    }

    private sealed record Write(Func<VectorDatabase, Task> Change)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
