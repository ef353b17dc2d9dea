using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>Clients that each open one connection after the other, send a request on it, and count how it went.</summary>
internal sealed class ClientLoad : Load
{
    private readonly byte[] _request;
    private readonly int _port;

    private ClientLoad(int port, int clients, string path)
    {
        _request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        _port = port;
        Begin(clients);
    }

    /// <summary>Begins. Every other client connects first and sends up to 3 ms later.</summary>
    public static ClientLoad Start(int port, int clients, string path = "/") => new(port, clients, path);

    /// <summary>Whether the outcome is a connection that was never made: nobody had promised anything.</summary>
    public static bool IsRefusal(string failure) => failure is nameof(SocketError.ConnectionRefused) or nameof(SocketError.ConnectionReset);

    protected override async Task RunAsync(int client)
    {
        var random = new Random(client);
        var buffer = new byte[4096];
        while (!IsEnded)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, _port);
            }
            catch (SocketException e)
            {
                Count(e.SocketErrorCode.ToString());
                continue;
            }

            if (client % 2 == 0)
            {
                await Task.Delay(random.Next(4));
            }

            Count(await AskAsync(socket, buffer));
        }
    }

    private async Task<string?> AskAsync(Socket socket, byte[] buffer)
    {
        try
        {
            await socket.SendAsync(_request);
            var answer = new StringBuilder();
            while (await socket.ReceiveAsync(buffer) is var count and > 0)
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
}
