using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using PortGen.Binding;
using PortGen.Configuration;
using PortGen.Platform;
using PortGen.Platform.Unix;

namespace PortGen.Instances;

/// <summary>The running instance that hands its ports over to this start. Until <see cref="CommitAsync"/> it serves as if nothing were.</summary>
internal sealed class Predecessor : IDisposable
{
    private static readonly TimeSpan s_timeToAnswer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_timeToCommit = TimeSpan.FromSeconds(10);

    private readonly DescriptorChannel _channel;
    private IDisposable? _turn;
    private readonly ILogger _logger;

    // Ends the instance, and says whether it has ended.
    private readonly Func<CancellationToken, Task<bool>> _end;

    private Predecessor(
        InstanceRecord record, DescriptorChannel channel, IDisposable? turn, IReadOnlyList<HandedPort> ports, Func<CancellationToken, Task<bool>> end, ILogger logger)
    {
        _end = end;
        Record = record;
        Ports = ports;
        _channel = channel;
        _turn = turn;
        _logger = logger;
    }

    public InstanceRecord Record { get; }

    /// <summary>The ports that it has handed over. What is of no use here is to be closed before <see cref="CommitAsync"/>.</summary>
    public IReadOnlyList<HandedPort> Ports { get; }

    /// <summary>Finds the running instance that holds most of what the plan wants, and asks it for its ports.</summary>
    /// <returns>The instance; <see langword="null"/> where there is none, or it doesn't hand over: then this is a start like any other.</returns>
    /// <exception cref="PortUnavailableException">Another start has kept this one waiting for longer than any start may take.</exception>
    public static async Task<Predecessor?> AskAsync(InstanceDirectory directory, ProcessTable processes, PortPlan plan, ILogger logger, CancellationToken cancellationToken)
    {
        var turn = await directory.LockAsync(plan, cancellationToken).ConfigureAwait(false);
        try
        {
            if (Choose(directory, processes, plan) is not { } record)
            {
                logger.NobodyToTakeOverFrom(directory.Application.Id, directory.Places);
                return null;
            }

            var predecessor = await Task.Factory.StartNew(
                () => Ask(directory, record, turn, End, logger, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            turn = predecessor is null ? turn : null;
            return predecessor;

            Task<bool> End(CancellationToken token) => new EarlierInstances(directory, processes, logger).EndAsync(record, plan.RestartTimeout, token);
        }
        finally
        {
            turn?.Dispose();
        }
    }

    /// <summary>Says that everything has started here, and waits for the decision. From then on this application has the ports, and it is the next start's turn.</summary>
    /// <exception cref="PortUnavailableException">The predecessor keeps them.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        var isDecided = await Task.Factory.StartNew(
            () => Commit(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        if (!isDecided)
        {
            // It may still decide, and end by it: only once it has ended it is certain whose the ports are.
            if (!await _end(cancellationToken).ConfigureAwait(false))
            {
                throw Kept("it doesn't answer");
            }

            _logger.PredecessorEnded(Record.ProcessId);
        }

        Interlocked.Exchange(ref _turn, null)?.Dispose();
    }

    /// <summary>Waits until the predecessor has ended, and so holds no socket any more.</summary>
    public Task WaitForEndAsync(CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                while (_channel.Receive(TimeSpan.FromDays(1), cancellationToken) is not null)
                {
                }
            }
            catch (Exception e) when (e is IOException or TimeoutException or ObjectDisposedException)
            {
                // It can't be heard of any more, which comes to the same.
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Gives the hand-over up, unless it is committed: the predecessor notices. The sockets that were taken must be closed by then.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _turn, null)?.Dispose();
        _channel.Dispose();
    }

    private static InstanceRecord? Choose(InstanceDirectory directory, ProcessTable processes, PortPlan plan) => directory.FindOthers()
        .Where(i => i.State != InstanceRecord.Stopping && i.Ports.Any(n => plan.Ports.Any(p => p.Port == n || p.Range?.Contains(n) == true)) && InstanceProof.Of(i, processes).State == InstanceState.Running)
        .OrderByDescending(i => plan.Ports.Count(p => i.Ports.Contains(p.Port)))
        .ThenBy(static i => (i.StartTime, i.ProcessId))
        .FirstOrDefault();

    private static Predecessor? Ask(
        InstanceDirectory directory, InstanceRecord record, IDisposable? turn, Func<CancellationToken, Task<bool>> end, ILogger logger, CancellationToken cancellationToken)
    {
        var ports = new List<HandedPort>();
        DescriptorChannel? channel = null;
        try
        {
            channel = directory.Connect(record);
            if (channel?.Peer?.ProcessId != record.ProcessId)
            {
                throw new IOException(channel is null ? "it can't be reached" : "somebody else answers in its place");
            }

            logger.AskingForPorts(record.ProcessId);
            channel.Send(HandOverMessage.Write(HandOverMessage.TakeOver, directory.Application.Id));
            for (var hasMore = true; hasMore;)
            {
                var message = channel.Receive(s_timeToAnswer, cancellationToken) ?? throw new IOException("it has closed the connection");
                var (kind, text, json) = HandOverMessage.Read(message.Line);
                if (kind != HandOverMessage.Ports)
                {
                    throw new IOException(text ?? kind);
                }

                ports.AddRange(HandedPort.Read(json, message.Descriptors));
                hasMore = json.TryGetProperty("more", out var more) && more.ValueKind == JsonValueKind.True;
            }

            return new Predecessor(record, channel, turn, ports, end, logger);
        }
        catch (Exception e) when (e is IOException or TimeoutException or JsonException)
        {
            Close();
            logger.NotHandedOver(record.ProcessId, e.Message);
            return null;
        }
        catch
        {
            Close();
            throw;
        }

        void Close()
        {
            ports.ForEach(static p => p.Dispose());
            channel?.Dispose();
        }
    }

    // False where it says nothing.
    private bool Commit(CancellationToken cancellationToken)
    {
        try
        {
            _channel.Send(HandOverMessage.Write(HandOverMessage.Ready));
            if (_channel.Receive(s_timeToCommit, cancellationToken) is not { } answer)
            {
                _logger.PredecessorEnded(Record.ProcessId);
                return true;
            }

            var (kind, text, _) = HandOverMessage.Read(answer.Line);
            return kind == HandOverMessage.Committed ? true : throw Kept(text ?? kind);
        }
        catch (IOException)
        {
            // It ended before it could answer: the sockets are here.
            _logger.PredecessorEnded(Record.ProcessId);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (JsonException e)
        {
            throw Kept(e.Message);
        }
    }

    private PortUnavailableException Kept(string reason) => new(string.Create(
        CultureInfo.InvariantCulture, $"{PortRule.InstanceNotEnded.Id}: The running instance (pid {Record.ProcessId}) keeps its ports: {reason}. It serves as before; start with --force-restart to end it"));
}
