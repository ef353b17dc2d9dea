using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PortGen.Configuration;
using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>
/// Lets one start with force restart after the other look for instances, end them, bind and tell of itself, so that each finds all that came before. It is a
/// file lock in every folder that instance files are in: whoever could find the other's file waits for the other. Always in one order, so that nobody waits in a circle.
/// </summary>
internal sealed class RestartLock : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_repeat = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<IDisposable> _held;

    private RestartLock(IReadOnlyList<IDisposable> held) => _held = held;

    /// <summary>Waits for its turn.</summary>
    /// <exception cref="PortUnavailableException">Somebody else has had it for longer than any start may take (PG3003).</exception>
    public static async Task<RestartLock> TakeAsync(
        PrivateFolders folders, InstanceRecord self, ProcessTable processes, PortPlan plan, ILogger logger, CancellationToken cancellationToken)
    {
        var held = new List<IDisposable>();
        var reason = "";
        try
        {
            foreach (var folder in folders.All.OrderBy(static f => f.Location, StringComparer.Ordinal))
            {
                try
                {
                    held.Add(await new Queue(folder, self, processes, plan, logger).WaitAsync(cancellationToken).ConfigureAwait(false));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Then nobody else has it there either.
                    reason = e.Message;
                }
            }

            if (held.Count == 0)
            {
                logger.NoRestartLock(reason);
            }

            return new RestartLock(held);
        }
        catch
        {
            held.ForEach(static h => h.Dispose());
            throw;
        }
    }

    /// <summary>The next one's turn.</summary>
    public void Dispose()
    {
        foreach (var hold in _held)
        {
            hold.Dispose();
        }
    }

    /// <summary>The wait for the lock in one folder. The limit is for each one who has it: a crowd of starts may take longer.</summary>
    private sealed class Queue(PrivateFolder folder, InstanceRecord self, ProcessTable processes, PortPlan plan, ILogger logger)
    {
        private readonly string _fileName = InstanceFileName.LockOf(self);
        private readonly byte[] _content = self.ToJson();
        private readonly TimeSpan _limit = EarlierInstances.LimitOf(plan) + plan.BindTimeout + plan.StartTimeout;
        private Stopwatch _clock = Stopwatch.StartNew();
        private InstanceRecord? _holder;
        private TimeSpan _told;

        public async Task<IDisposable> WaitAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (folder.TryLock(_fileName, _content) is { } hold)
                {
                    return hold;
                }

                Tell();
                await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
            }
        }

        private void Tell()
        {
            var holder = FindHolder();
            var isNew = holder is not null && !holder.IsSameProcess(_holder);
            if (isNew)
            {
                (_holder, _clock) = (holder, Stopwatch.StartNew());
            }

            if (_clock.Elapsed >= _limit)
            {
                throw NotReleased();
            }

            if (isNew || _clock.Elapsed - _told >= s_repeat)
            {
                _told = _clock.Elapsed;
                logger.WaitingForRestart(NameOf(_holder), Math.Ceiling((_limit - _clock.Elapsed).TotalSeconds));
            }
        }

        // Whoever has just got the lock may not have written so yet; then the file tells of one before, which has ended or is through.
        private InstanceRecord? FindHolder() => folder.Read(_fileName).Content is { } content && InstanceRecord.Parse(content) is { } record
            && InstanceProof.Of(record, processes).State != InstanceState.Ended ? record : null;

        private PortUnavailableException NotReleased()
        {
            var path = Path.Combine(folder.Name, _fileName);
            return new($"{PortRule.InstanceNotEnded.Id}: " + PortRule.InstanceNotEnded.Format(
                $"{self.Application} ({NameOf(_holder)})",
                $"the lock for a restart ({path})",
                string.Create(CultureInfo.InvariantCulture, $"its own restart was still under way after {_limit.TotalSeconds} s")));
        }

        private static string NameOf(InstanceRecord? holder) => holder is null ? "unknown" : string.Create(CultureInfo.InvariantCulture, $"pid {holder.ProcessId}");
    }
}
