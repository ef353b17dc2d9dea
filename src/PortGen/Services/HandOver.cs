using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PortGen.Binding;
using PortGen.Instances;
using PortGen.Platform.Unix;

namespace PortGen.Services;

/// <summary>Hands the ports over to a newcomer: gives it the sockets, serves until it is ready, then ends once the last connection has closed.</summary>
internal sealed class HandOver(
    ApplicationPorts ports, ServiceControl control, IHostApplicationLifetime lifetime, IOptions<HostOptions> hostOptions, ILoggerFactory loggerFactory)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(30);

    private readonly ILogger _logger = loggerFactory.CreateLogger("PortGen");
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isUnderWay;

    /// <summary>Whether a newcomer has the ports: this application has nothing left but its connections.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>Answers a request of another process. The connection stays open until the hand-over has failed, or this application has ended.</summary>
    public async Task AnswerAsync(string line, DescriptorChannel channel)
    {
        if (Decline(line) is { } reason)
        {
            channel.Send(HandOverMessage.Write(HandOverMessage.Busy, reason));
            return;
        }

        List<PortLease> leases = [];
        try
        {
            // In its turn: no service is started, stopped or moved meanwhile.
            await control.HoldAsync(token => Task.Factory.StartNew(
                () => Run(channel, leases, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Exchange(ref _isUnderWay, 0);
        }

        if (IsCommitted)
        {
            lifetime.StopApplication();

            // The newcomer learns of the end by the end of the connection.
            await _ended.Task.ConfigureAwait(false);
            return;
        }

        // It closes its sockets before it closes the connection, or the system does. Until then they are shared, however long it takes to end.
        WaitForEnd(channel);
        leases.ForEach(static l => l.RemoveHolder());
    }

    /// <summary>Accepts no more on what the newcomer has, and waits for the last connection: the newcomer serves, so waiting costs nobody anything.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(ports.All.Where(static l => l.IsShared).Select(static l => l.QuietAsync())).ConfigureAwait(false);
        var end = Environment.TickCount64 + (long)ports.Plan.HandOverTimeout.TotalMilliseconds;
        while (ports.All.Any(static l => l.CountOpen() > 0) && Environment.TickCount64 < end && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(s_pause, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>This application has ended: whoever took over is the only one.</summary>
    public void End() => _ended.TrySetResult();

    private string? Decline(string line)
    {
        try
        {
            var (kind, id, _) = HandOverMessage.Read(line);
            return kind != HandOverMessage.TakeOver ? $"unknown request '{kind}'"
                : id != ports.ApplicationId ? "it is another application"
                : lifetime.ApplicationStopping.IsCancellationRequested ? "it is stopping"
                : !control.Started.IsCompletedSuccessfully ? "it is still starting"
                : Interlocked.Exchange(ref _isUnderWay, 1) != 0 ? "it is handing over to another start"
                : null;
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }

    private void Run(DescriptorChannel channel, List<PortLease> leases, CancellationToken ending)
    {
        var newcomer = channel.Peer?.ProcessId ?? 0;
        leases.AddRange(ports.All);
        leases.ForEach(static l => l.AddHolder());
        try
        {
            Send(channel, leases);
            _logger.HandingOver(string.Join(", ", leases.Select(static l => string.Create(CultureInfo.InvariantCulture, $"{l.Name} on {l.Port}"))), newcomer);
            if (WaitUntilReady(channel, ending) is { } reason)
            {
                Refuse(reason);
                return;
            }

            // First, so that the next start, whose turn begins with the answer, asks the newcomer.
            ports.PublishAsync(InstanceRecord.Stopping).GetAwaiter().GetResult();
            channel.Send(HandOverMessage.Write(HandOverMessage.Committed));
        }
        catch (Exception e) when (e is IOException or SocketException or JsonException)
        {
            Refuse(e.Message);
            return;
        }

        IsCommitted = true;
        var limit = ports.Plan.HandOverTimeout;
        var needed = limit + (ports.Plan.Manifest.Waves.Count * ports.Plan.StopTimeout) + s_margin;
        if (hostOptions.Value.ShutdownTimeout is var configured && configured != Timeout.InfiniteTimeSpan && configured < needed)
        {
            hostOptions.Value.ShutdownTimeout = needed;
        }

        _logger.HandedOver(newcomer, limit.TotalSeconds);

        void Refuse(string reason)
        {
            ports.PublishAsync(InstanceRecord.Running).GetAwaiter().GetResult();
            _logger.HandOverGivenUp(newcomer, reason);
            try
            {
                channel.Send(HandOverMessage.Write(HandOverMessage.Refused, reason));
            }
            catch (IOException)
            {
                // It has gone.
            }
        }
    }

    private void WaitForEnd(DescriptorChannel channel)
    {
        try
        {
            while (channel.Receive(TimeSpan.FromDays(1), lifetime.ApplicationStopped) is not null)
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException)
        {
            // It can't be heard of any more, which comes to the same.
        }
    }

    private void Send(DescriptorChannel channel, List<PortLease> leases)
    {
        var preferred = ports.Plan.Ports.ToDictionary(static p => p.Name, static p => p.Port, StringComparer.Ordinal);
        var handed = leases.Select(l => new HandedPort(l.Name, l.Host, l.Port, preferred[l.Name], l.Sockets)).ToList();
        var at = 0;
        do
        {
            var batch = new List<HandedPort>();
            for (var count = 0; at < handed.Count && count + handed[at].Sockets.Count <= DescriptorChannel.MostDescriptors; at++)
            {
                count += handed[at].Sockets.Count;
                batch.Add(handed[at]);
            }

            channel.Send(
                HandOverMessage.Write(HandOverMessage.Ports, ports: batch, hasMore: at < handed.Count), [.. batch.SelectMany(static p => p.Sockets).Select(static s => s.SafeHandle)]);
        }
        while (at < handed.Count);
    }

    // Why it was not; null once it is. Told to stop meanwhile, this application leaves its ports to the newcomer: nobody else would have them.
    private string? WaitUntilReady(DescriptorChannel channel, CancellationToken ending)
    {
        var plan = ports.Plan;
        try
        {
            return channel.Receive(plan.BindTimeout + (plan.Manifest.Waves.Count * plan.StartTimeout) + s_margin, ending) is { } answer
                ? HandOverMessage.Read(answer.Line).Kind == HandOverMessage.Ready ? null : "it sent something else"
                : "it ended before it was ready";
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (TimeoutException)
        {
            return "it was not ready in time";
        }
    }
}
