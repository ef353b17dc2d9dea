using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using PortGen.Binding;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>What the loops behind a lease accept, and when they end. Nothing else runs meanwhile, or its exceptions would be seen too.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed partial class ConnectionQueueTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Socket _listener = FreePorts.Occupy(FreePorts.Block(1).First);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_with_a_token_that_is_cancelled_leaves_every_connection_to_the_system()
    {
        var queue = new ConnectionQueue([_listener]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.DequeueAsync(new CancellationToken(true)).AsTask());
        using var client = Connect();
        using var connection = await _listener.AcceptAsync(Token).AsTask().WaitAsync(s_patience, Token);
        Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
        queue.Close();
    }

    [Fact]
    public async Task A_connection_that_came_while_nobody_waited_any_more_is_the_next_one()
    {
        var queue = new ConnectionQueue([_listener]);
        await GiveUpAsync(queue);
        foreach (var client in Enumerable.Range(0, 3).Select(_ => Connect()).ToList())
        {
            using var connection = await queue.DequeueAsync(Token).AsTask().WaitAsync(s_patience, Token);
            Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
            client.Dispose();
        }

        queue.Close();
    }

    [Fact]
    public async Task An_accept_that_fails_is_tried_again()
    {
        var queue = new ConnectionQueue([_listener]);
        var next = queue.DequeueAsync(Token).AsTask();

        // A socket that has been shut down listens no more, until it is told to again.
        const int Both = 2;
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (failures, clock, last) = (0, new Stopwatch(), (Exception?)null);
        AppDomain.CurrentDomain.FirstChanceException += OnException;
        Assert.Equal(0, Shutdown((int)_listener.SafeHandle.DangerousGetHandle(), Both));
        await failed.Task.WaitAsync(s_patience, Token);
        AppDomain.CurrentDomain.FirstChanceException -= OnException;

        // Not at once, or it would burn time.
        Assert.True(clock.Elapsed > TimeSpan.FromMilliseconds(90), $"{clock.Elapsed}");
        Assert.Equal(0, Listen((int)_listener.SafeHandle.DangerousGetHandle(), 10));
        using var client = Connect();
        using var connection = await next.WaitAsync(s_patience, Token);
        Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
        queue.Close();

        void OnException(object? sender, FirstChanceExceptionEventArgs e)
        {
            // Each is seen where it is thrown and again where it is thrown on, within the same moment.
            if (e.Exception is SocketException { SocketErrorCode: SocketError.InvalidArgument } failure && failure != last)
            {
                last = failure;
                clock.Start();
                if (++failures == 3)
                {
                    clock.Stop();
                    failed.TrySetResult();
                }
            }
        }
    }

    [Fact]
    public async Task Everybody_who_waits_learns_of_the_end_and_so_does_who_asks_later()
    {
        var queue = new ConnectionQueue([_listener]);
        var waiting = Enumerable.Range(0, 3).Select(_ => queue.DequeueAsync(Token).AsTask()).ToList();
        Assert.False(queue.IsClosed);
        queue.Close();
        _listener.Dispose();
        queue.Close();
        Assert.True(queue.IsClosed);
        foreach (var task in waiting.Append(queue.DequeueAsync(Token).AsTask()))
        {
            var e = await Assert.ThrowsAsync<ObjectDisposedException>(() => task.WaitAsync(s_patience, Token));
            Assert.Equal(nameof(PortLease), e.ObjectName);
            Assert.StartsWith("The port was released; no more connections come in.", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_was_accepted_and_never_asked_for_is_closed_at_the_end()
    {
        var queue = new ConnectionQueue([_listener]);
        await GiveUpAsync(queue);

        await GiveUpAsync(queue);

        // One in the queue, one in the loop's hand, one with the system.
        using var first = Connect();
        using var second = Connect();
        using var third = Connect();
        Assert.True(SpinWait.SpinUntil(() => Accepted() == 2, s_patience));
        Assert.False(SpinWait.SpinUntil(() => Accepted() > 2, TimeSpan.FromMilliseconds(100)));
        queue.Close();
        _listener.Dispose();
        foreach (var client in (Socket[])[first, second, third])
        {
            var received = await Record.ExceptionAsync(async () => Assert.Equal(0, await client.ReceiveAsync(new byte[1], Token).AsTask().WaitAsync(s_patience, Token)));
            Assert.True(received is null or SocketException { SocketErrorCode: SocketError.ConnectionReset }, received?.ToString());
        }
    }

    public void Dispose() => _listener.Dispose();

    private static async Task GiveUpAsync(ConnectionQueue queue)
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = queue.DequeueAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    // The sockets of this end that the process has; those with the system are nobody's yet.
    private int Accepted()
    {
        var (port, sockets) = (((IPEndPoint)_listener.LocalEndPoint!).Port, new List<SocketEntry>());
        Assert.True(SocketTable.TryRead(new HashSet<int> { port }, new Deadline(s_patience), sockets));
        return sockets.Count(s => s.Local.Port == port && s.Hold == PortHold.Connection);
    }

    private Socket Connect()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(_listener.LocalEndPoint!);
        return client;
    }

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int Shutdown(int socket, int how);

    [LibraryImport("libc", EntryPoint = "listen")]
    private static partial int Listen(int socket, int backlog);
}
