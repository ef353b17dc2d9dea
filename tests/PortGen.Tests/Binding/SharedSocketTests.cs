using System.Net;
using System.Net.Sockets;
using PortGen.Binding;
using PortGen.Platform;
using PortGen.Platform.Unix;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>A socket that two hold: whatever one of them does at its end, the other's clients don't notice.</summary>
public sealed class SharedSocketTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("finish")]
    [InlineData("dispose")]
    [InlineData("quiet")]
    public async Task One_of_two_ends_under_load_and_every_client_is_answered(string end)
    {
        // As after a hand-over: two descriptors of one socket, each with loops of its own.
        var first = Listen();
        var port = first.EndPoints[0].Port;
        var clients = new Clients(port);
        var server = ServeAsync(first);
        for (var round = 0; round < LongTests.Count(30, 100, 1000); round++)
        {
            var second = Share(first);
            first.AddHolder();
            second.Open();
            var next = ServeAsync(second);
            await clients.AnswerAsync(20);
            await first.QuietAsync();
            await WaitUntilServedAsync(first);
            switch (end)
            {
                case "finish":
                    await first.FinishAsync();
                    break;
                case "quiet":
                    await first.QuietAsync();
                    break;
            }

            first.Dispose();
            await server;
            second.RemoveHolder();
            (first, server) = (second, next);
        }

        await clients.EndAsync();
        first.Dispose();
        Assert.Empty(clients.Failures);
    }

    [Fact]
    public async Task What_came_from_elsewhere_accepts_nothing_before_it_may()
    {
        var first = Listen();
        var second = Share(first);
        var waiting = second.AcceptAsync(Token).AsTask();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, first.EndPoints[0].Port, Token);
        using (var connection = await first.AcceptAsync(Token).AsTask().WaitAsync(s_patience, Token))
        {
            Assert.Equal(1, first.CountOpen());
        }

        Assert.False(waiting.IsCompleted);
        first.AddHolder();
        await first.QuietAsync();
        second.Open();
        using var other = new TcpClient();
        await other.ConnectAsync(IPAddress.Loopback, second.EndPoints[0].Port, Token);
        using (await waiting.WaitAsync(s_patience, Token))
        {
            Assert.Equal((0, 1), (first.CountOpen(), second.CountOpen()));
        }

        Assert.Equal(0, second.CountOpen());
        first.Dispose();
        second.Dispose();
        Assert.True(FreePorts.BecomesFree(second.EndPoints[0].Port));
    }

    [Fact]
    public async Task Closed_while_it_waits_for_a_client_it_leaves_the_other_listening()
    {
        var first = Listen();
        for (var round = 0; round < LongTests.Count(300, 500, 1000); round++)
        {
            var second = Share(first);
            first.AddHolder();
            second.Open();
            var waiting = second.AcceptAsync(Token).AsTask();
            second.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(s_patience, Token));
            first.RemoveHolder();
        }

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, first.EndPoints[0].Port, Token);
        using (await first.AcceptAsync(Token).AsTask().WaitAsync(s_patience, Token))
        {
            first.Dispose();
        }
    }

    [Fact]
    public async Task Quiet_and_then_alone_it_finishes_like_any_other()
    {
        var listener = Listen();
        listener.AddHolder();
        var waiting = listener.AcceptAsync(Token).AsTask();
        await listener.QuietAsync();
        listener.RemoveHolder();
        await listener.FinishAsync().WaitAsync(s_patience, Token);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(s_patience, Token));
        Assert.True(FreePorts.BecomesFree(listener.EndPoints[0].Port));
    }

    [Fact]
    public async Task Quiet_it_gives_what_it_has_accepted_and_then_keeps_whoever_asks_waiting_until_the_end()
    {
        var listener = Listen();
        using (var cancelled = new CancellationTokenSource())
        {
            var given = listener.AcceptAsync(cancelled.Token).AsTask();
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        }

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, listener.EndPoints[0].Port, Token);
        Assert.True(SpinWait.SpinUntil(() => listener.CountOpen() > 0, s_patience));
        await listener.QuietAsync();
        await listener.QuietAsync();
        using var connection = await listener.AcceptAsync(Token);
        var next = listener.AcceptAsync(Token).AsTask();
        Assert.False(next.IsCompleted);
        listener.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => next.WaitAsync(s_patience, Token));
    }

    private static Listener Listen()
    {
        using var sockets = new ListenSocket(ListenSocket.DefaultProbing);
        Assert.Null(sockets.TryListen([IPAddress.Loopback], 0, out var listening));
        return new Listener(listening);
    }

    // By the system's way to another process, which may as well be this one.
    private static Listener Share(Listener listener)
    {
        using var folder = new TemporaryFolder();
        var address = new UnixDomainSocketEndPoint(Path.Combine(folder.Path, "s"));
        using var control = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        control.Bind(address);
        control.Listen();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(address);
        using var here = new DescriptorChannel(socket);
        using var there = new DescriptorChannel(control.Accept());
        here.Send("", [.. listener.Sockets.Select(static s => s.SafeHandle)]);
        var adopted = there.Receive(s_patience, Token)!.Descriptors.Select(h => HandedSocket.Adopt(h, listener.EndPoints[0].Port)!).ToList();
        return new Listener(new ListenResult(adopted, [.. listener.EndPoints], []), isShared: true, isOpen: false);
    }

    private static async Task ServeAsync(Listener listener)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync(CancellationToken.None);
                await connection.SendAsync("x"u8.ToArray(), CancellationToken.None);
            }
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private static async Task WaitUntilServedAsync(Listener listener)
    {
        while (listener.CountOpen() > 0)
        {
            await Task.Delay(1, Token);
        }
    }

    private sealed class Clients
    {
        private readonly CancellationTokenSource _ended = new();
        private readonly Task[] _clients;
        private readonly Tally _answers = new();

        public Clients(int port) => _clients = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => RunAsync(port)))];

        public List<string> Failures { get; } = [];

        public Task AnswerAsync(int more) => _answers.ReachAsync(more);

        public async Task EndAsync()
        {
            await _ended.CancelAsync();
            await Task.WhenAll(_clients);
        }

        private async Task RunAsync(int port)
        {
            while (!_ended.IsCancellationRequested)
            {
                string? failure;
                try
                {
                    using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
                    await client.ConnectAsync(IPAddress.Loopback, port);
                    failure = await client.ReceiveAsync(new byte[1]) == 1 ? null : "unanswered";
                }
                catch (SocketException e)
                {
                    failure = e.SocketErrorCode.ToString();
                }

                if (failure is null)
                {
                    _answers.Add();
                }
                else
                {
                    lock (Failures)
                    {
                        Failures.Add(failure);
                    }

                    _answers.End();
                }
            }
        }
    }
}
