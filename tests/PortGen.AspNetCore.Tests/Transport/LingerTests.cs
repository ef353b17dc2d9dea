using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using PortGen.AspNetCore.Tests.Support;

namespace PortGen.AspNetCore.Tests.Transport;

/// <summary>The end of a connection of HTTP/2, frame by frame (RFC 9113).</summary>
public sealed class LingerTests
{
    private const int HeaderSize = 9;
    private const byte Headers = 1;
    private const byte GoAway = 7;
    private const byte Ping = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_still_sends_after_the_server_s_last_word_can_read_it_all_the_same()
    {
        await using var host = await StartAsync();
        using var client = await ConnectAsync(host.Port.Port!.Value);
        var stopped = host.Application.StopAsync(Token);
        await ReadToAsync(client, GoAway);

        // The server has no more to say. What it doesn't read resets the connection, and with it what the client has not read yet.
        for (var i = 0; i < 20; i++)
        {
            await SendAsync(client, Ping, flags: 0, stream: 0, new byte[8]);
            await Task.Delay(2, Token);
        }

        Assert.False(stopped.IsCompleted);
        client.Shutdown(SocketShutdown.Send);
        var buffer = new byte[4096];
        while (await client.ReceiveAsync(buffer, Token) > 0)
        {
            // Until the server has closed, in peace.
        }

        await stopped;
    }

    [Fact]
    public async Task A_client_that_never_leaves_holds_the_end_up_for_half_a_second()
    {
        await using var host = await StartAsync();
        using var client = await ConnectAsync(host.Port.Port!.Value);
        var clock = Stopwatch.StartNew();
        await host.Application.StopAsync(Token);
        Assert.InRange(clock.ElapsedMilliseconds, 450, 4000);
    }

    private static Task<OwnHost> StartAsync() => OwnHost.StartAsync(
        OwnHost.Manifest([new PortDefinition("web")]),
        new WebSetup(
            static app => app.MapGet("/", () => "hello"),
            static builder => builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http2))));

    // A client that has got an answer.
    private static async Task<Socket> ConnectAsync(int port)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        await client.SendAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Token);
        await SendAsync(client, type: 4, flags: 0, stream: 0, []);

        // GET http://localhost/, from the static table of HPACK (RFC 7541), and that is all of the request.
        await SendAsync(client, Headers, flags: 0x5, stream: 1, [0x82, 0x86, 0x84, 0x41, 9, .. Encoding.ASCII.GetBytes("localhost")]);
        await ReadToAsync(client, Headers);
        return client;
    }

    private static async Task SendAsync(Socket client, byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[HeaderSize + payload.Length];
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeaderSize);
        await client.SendAsync(frame, Token);
    }

    private static async Task ReadToAsync(Socket client, byte type)
    {
        byte[] header;
        do
        {
            header = await ReadAsync(client, HeaderSize);
            await ReadAsync(client, (header[0] << 16) | (header[1] << 8) | header[2]);
        }
        while (header[3] != type);
    }

    private static async Task<byte[]> ReadAsync(Socket client, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            read += await client.ReceiveAsync(bytes.AsMemory(read), Token) is var more and > 0 ? more : throw new EndOfStreamException();
        }

        return bytes;
    }
}
