using System.Net;
using System.Net.Sockets;
using CsCheck;
using PortGen.Binding;
using PortGen.Platform;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>A port that closes for good leaves nobody behind who was connected.</summary>
public sealed class FinishTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybody_who_is_connected_is_taken_before_the_port_closes() =>
        await Gen.Select(Gen.Int[0, 3], Gen.Int[0, 40], Gen.OneOf("127.0.0.1", "localhost")).SampleAsync(static async (taken, waiting, host) =>
        {
            var lease = Listen(host);
            var clients = new List<Socket>();
            for (var i = 0; i < taken; i++)
            {
                clients.Add(await ConnectAsync(lease, i));
                (await lease.AcceptAsync(Token)).Dispose();
            }

            // Somebody asks, as a server does all the time.
            using var giveUp = new CancellationTokenSource();
            var pending = lease.AcceptAsync(giveUp.Token).AsTask();
            for (var i = 0; i < waiting; i++)
            {
                clients.Add(await ConnectAsync(lease, i));
            }

            var finished = lease.StopAcceptingAsync();
            var accepted = 0;
            for (; await TakeAsync(pending) is { } connection; pending = lease.AcceptAsync(Token).AsTask())
            {
                connection.Dispose();
                accepted++;
            }

            await finished;
            Assert.Equal(waiting, accepted);
            Assert.True(FreePorts.BecomesFree(lease.Port));
            lease.Release();
            clients.ForEach(static c => c.Dispose());
        }, iter: 100, threads: 1);

    [Fact]
    public async Task Nobody_who_comes_while_the_port_closes_is_reset()
    {
        // A second for each, after which those who were ignored knock again.
        for (var round = 0; round < LongTests.Count(3, 15, 60); round++)
        {
            var lease = Listen("127.0.0.1");
            var failures = new List<SocketError>();
            var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(() => KnockUntilRefusedAsync(lease, failures))).ToList();
            for (var i = 0; i < 20; i++)
            {
                await AnswerAsync(await lease.AcceptAsync(Token));
            }

            var finished = lease.StopAcceptingAsync();
            while (await TakeAsync(lease.AcceptAsync(Token).AsTask()) is { } connection)
            {
                await AnswerAsync(connection);
            }

            await finished;
            await Task.WhenAll(clients);
            Assert.All(failures, static f => Assert.Equal(SocketError.ConnectionRefused, f));
            lease.Release();
        }
    }

    [Fact]
    public async Task A_port_that_nobody_has_accepted_on_closes_too_and_a_release_may_follow()
    {
        var lease = Listen("127.0.0.1");
        await lease.StopAcceptingAsync();
        await lease.StopAcceptingAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lease.AcceptAsync(Token).AsTask());
        lease.Release();
        await lease.StopAcceptingAsync();
        Assert.True(FreePorts.BecomesFree(lease.Port));
    }

    [Fact]
    public async Task What_is_taken_and_never_asked_for_is_closed_with_the_release()
    {
        var lease = Listen("127.0.0.1");
        using var first = await ConnectAsync(lease, 0);
        (await lease.AcceptAsync(Token)).Dispose();
        using var second = await ConnectAsync(lease, 0);
        await lease.StopAcceptingAsync();
        lease.Release();
        Assert.Equal(0, await second.ReceiveAsync(new byte[1], Token));
    }

    private static PortLease Listen(string host)
    {
        using var sockets = new ListenSocket(ListenSocket.DefaultProbing);
        Assert.Null(sockets.TryListen(HostAddresses.Of(host), 0, out var listening));
        var lease = new PortLease("web", host, new Listener(listening));
        lease.End();
        return lease;
    }

    private static async Task<Socket> ConnectAsync(PortLease lease, int place)
    {
        var address = lease.EndPoints[place % lease.EndPoints.Count];
        var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address, Token);
        return client;
    }

    private static async Task<Socket?> TakeAsync(Task<Socket> pending)
    {
        try
        {
            return await pending;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    private static async Task AnswerAsync(Socket connection)
    {
        await connection.SendAsync("hello"u8.ToArray(), Token);
        connection.Shutdown(SocketShutdown.Both);
        connection.Dispose();
    }

    private static async Task KnockUntilRefusedAsync(PortLease lease, List<SocketError> failures)
    {
        while (true)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, lease.Port, Token);
                Assert.Equal(5, await client.ReceiveAsync(new byte[10], Token));
            }
            catch (SocketException e)
            {
                lock (failures)
                {
                    failures.Add(e.SocketErrorCode);
                }

                return;
            }
        }
    }
}
