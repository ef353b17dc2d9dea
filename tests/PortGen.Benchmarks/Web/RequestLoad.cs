using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace PortGen.Benchmarks.Web;

/// <summary>Connections that stay open, with one request at a time on each. Bare sockets: a client that did more would hide the server.</summary>
internal sealed class RequestLoad : IDisposable
{
    private static readonly byte[] s_request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray();

    private readonly List<Socket> _connections = [];
    private int _answerLength;

    public static async Task<RequestLoad> ConnectAsync(int port, int connections)
    {
        var load = new RequestLoad();
        for (var i = 0; i < connections; i++)
        {
            var connection = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await connection.ConnectAsync(IPAddress.Loopback, port);
            load._connections.Add(connection);
        }

        // Every answer is as long as the first.
        await load._connections[0].SendAsync(s_request);
        load._answerLength = await load._connections[0].ReceiveAsync(new byte[4096]);
        return load;
    }

    /// <summary>Asks for so long.</summary>
    /// <returns>Requests per second.</returns>
    public async Task<double> RunAsync(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(_connections.Select(c => Task.Run(() => AskAsync(c, clock, time))));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    public void Dispose() => _connections.ForEach(static c => c.Dispose());

    private async Task<int> AskAsync(Socket connection, Stopwatch clock, TimeSpan time)
    {
        var buffer = new byte[4096];
        var count = 0;
        for (; clock.Elapsed < time; count++)
        {
            await connection.SendAsync(s_request);
            for (var received = 0; received < _answerLength;)
            {
                received += await connection.ReceiveAsync(buffer.AsMemory(received)) is var more and > 0 ? more : throw new IOException("The server has closed a connection.");
            }
        }

        return count;
    }
}
