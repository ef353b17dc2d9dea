using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using PortGen.Binding;
using PortGen.Platform;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

public sealed class AcceptTests
{
    private const int Clients = 16;

    private static readonly int s_connections = LongTests.Count(4_000, 20_000, 20_000);

    [Fact(Timeout = 300_000)]
    public async Task Accepting_that_is_cancelled_at_random_loses_no_connection()
    {
        Assert.Null(new ListenSocket(ListenProbing.Managed).TryListen(HostAddresses.Of("localhost"), 0, out var result));
        var lease = new PortLease("web", "localhost", new Listener(result));
        var numbers = new ConcurrentBag<int>();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var servers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ServeAsync(lease, numbers, done.Token))).ToList();

        // A client without an answer waits for ever, so that a lost connection ends the test by its timeout.
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => Task.Run(() => AskAsync(lease.Port, i, s_connections / Clients, done.Token))));
        await done.CancelAsync();
        await Task.WhenAll(servers);
        lease.Release();
        Assert.Equal(Enumerable.Range(0, s_connections), numbers.Order());
    }

    private static async Task ServeAsync(PortLease lease, ConcurrentBag<int> numbers, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // Every other wait is cancelled at a random moment; the rest go on, or a busy machine would see nothing but cancellations.
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (Random.Shared.Next(2) == 0)
            {
                cancellation.CancelAfter(TimeSpan.FromMicroseconds(Random.Shared.Next(1, 2000)));
            }

            try
            {
                _ = AnswerAsync(await lease.AcceptAsync(cancellation.Token), numbers);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private static async Task AnswerAsync(Socket connection, ConcurrentBag<int> numbers)
    {
        using (connection)
        {
            var number = new byte[4];
            if (await connection.ReceiveAsync(number) == number.Length)
            {
                numbers.Add(BinaryPrimitives.ReadInt32LittleEndian(number));
                await connection.SendAsync(number);
            }
        }
    }

    private static async Task AskAsync(int port, int client, int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i++)
        {
            var address = (client + i) % 2 == 0 ? IPAddress.Loopback : IPAddress.IPv6Loopback;

            // Closed by a reset, it doesn't linger in the system, where every search for a holder, in whatever test, would read it.
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            await socket.ConnectAsync(address, port, cancellationToken);
            var (number, answer) = (new byte[4], new byte[4]);
            BinaryPrimitives.WriteInt32LittleEndian(number, (client * count) + i);
            await socket.SendAsync(number, cancellationToken);
            Assert.Equal(4, await socket.ReceiveAsync(answer, cancellationToken));
            Assert.Equal(number, answer);
        }
    }
}
