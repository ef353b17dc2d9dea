using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>Clients that each open one connection after the other, send a request on it, and count how it went.</summary>
internal sealed class ClientLoad
{
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly Task[] _clients;
    private readonly byte[] _request;
    private int _served;

    private ClientLoad(int port, int clients, string path)
    {
        _request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        _clients = [.. Enumerable.Range(0, clients).Select(i => Task.Run(() => RunAsync(port, i)))];
    }

    public int Served => Volatile.Read(ref _served);

    /// <summary>What went wrong, and how often.</summary>
    public IReadOnlyDictionary<string, int> Failures => _failures;

    /// <summary>Begins. Every other client connects first and sends up to 3 ms later.</summary>
    public static ClientLoad Start(int port, int clients, string path = "/") => new(port, clients, path);

    /// <summary>Waits until so many more are served.</summary>
    public async Task ServeAsync(int more)
    {
        var goal = Served + more;
        while (Served < goal)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>No client begins another connection; waits for those that have.</summary>
    public async Task EndAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAll(_clients);
    }

    /// <summary>Whether the outcome is a connection that was never made: nobody had promised anything.</summary>
    public static bool IsRefusal(string failure) => failure is nameof(SocketError.ConnectionRefused) or nameof(SocketError.ConnectionReset);

    private async Task RunAsync(int port, int place)
    {
        var random = new Random(place);
        var buffer = new byte[4096];
        while (!_ended.IsCancellationRequested)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
            }
            catch (SocketException e)
            {
                Fail(e.SocketErrorCode.ToString());
                continue;
            }

            if (place % 2 == 0)
            {
                await Task.Delay(random.Next(4));
            }

            Count(await AskAsync(client, buffer));
        }
    }

    private async Task<string?> AskAsync(Socket client, byte[] buffer)
    {
        try
        {
            await client.SendAsync(_request);
            var answer = new StringBuilder();
            while (await client.ReceiveAsync(buffer) is var count and > 0)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }

            var text = answer.ToString();
            return text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? null : text.Length == 0 ? "closed unanswered" : text[..Math.Min(text.Length, 20)];
        }
        catch (SocketException e)
        {
            return "broken: " + e.SocketErrorCode;
        }
    }

    private void Count(string? failure)
    {
        if (failure is null)
        {
            Interlocked.Increment(ref _served);
        }
        else
        {
            Fail(failure);
        }
    }

    private void Fail(string failure) => _failures.AddOrUpdate(failure, 1, static (_, count) => count + 1);
}
