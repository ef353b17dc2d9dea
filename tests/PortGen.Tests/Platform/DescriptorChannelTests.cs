using System.Net;
using System.Net.Sockets;
using PortGen.Platform;
using PortGen.Platform.Unix;
using PortGen.Tests.Support;

namespace PortGen.Tests.Platform;

public sealed class DescriptorChannelTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly DescriptorChannel _here;
    private readonly DescriptorChannel _there;

    public DescriptorChannelTests()
    {
        Assert.SkipUnless(DescriptorChannel.IsSupported, "this system can't hand sockets over");
        using var listening = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var address = new UnixDomainSocketEndPoint(Path.Combine(_folder.Path, "s"));
        listening.Bind(address);
        listening.Listen();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(address);
        (_here, _there) = (new DescriptorChannel(socket), new DescriptorChannel(listening.Accept()));
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Lines_come_one_after_the_other_as_they_were_sent()
    {
        _here.Send("one");
        _here.Send("{\"two\":\"ü\"}");
        _here.Send("");
        _here.Send(new string('x', 20_000));
        Assert.Equal(["one", "{\"two\":\"ü\"}", "", new string('x', 20_000)], Enumerable.Range(0, 4).Select(_ => _there.Receive(s_limit, Token)!.Line));
        _here.Dispose();
        Assert.Null(_there.Receive(s_limit, Token));
        Assert.Throws<IOException>(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                _there.Send("late");
            }
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(DescriptorChannel.MostDescriptors)]
    public async Task Sockets_come_with_their_line_and_listen_on_after_the_sender_has_closed_its_own(int count)
    {
        var listening = Enumerable.Range(0, count).Select(static _ => Listen()).ToList();
        var ports = listening.Select(static s => ((IPEndPoint)s.LocalEndPoint!).Port).ToList();
        _here.Send("none");
        _here.Send("sockets", [.. listening.Select(static s => s.SafeHandle)]);
        Assert.Empty(_there.Receive(s_limit, Token)!.Descriptors);
        var message = _there.Receive(s_limit, Token)!;
        Assert.Equal(("sockets", count), (message.Line, message.Descriptors.Count));
        listening.ForEach(static s => s.Dispose());
        foreach (var (handle, port) in message.Descriptors.Zip(ports))
        {
            Assert.False(handle.IsInvalid);
            Assert.Contains("02000002", File.ReadAllText($"/proc/self/fdinfo/{handle.DangerousGetHandle()}"), StringComparison.Ordinal);
            using var socket = HandedSocket.Adopt(handle, port);
            Assert.NotNull(socket);
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, Token);
            using var connection = await socket.AcceptAsync(Token);
            Assert.Equal(((IPEndPoint)client.Client.LocalEndPoint!).Port, ((IPEndPoint)connection.RemoteEndPoint!).Port);
        }
    }

    [Fact]
    public void More_than_fit_in_a_message_are_refused_before_anything_is_sent()
    {
        using var socket = Listen();
        Assert.Throws<ArgumentOutOfRangeException>(() => _here.Send("many", [.. Enumerable.Repeat(socket.SafeHandle, DescriptorChannel.MostDescriptors + 1)]));
        _here.Send("next");
        Assert.Equal("next", _there.Receive(s_limit, Token)!.Line);
    }

    [Fact]
    public async Task Waiting_ends_by_the_limit_the_token_or_a_line_without_an_end()
    {
        Assert.Throws<TimeoutException>(() => _there.Receive(TimeSpan.FromMilliseconds(60), Token));
        using var cancelled = new CancellationTokenSource();
        var waiting = Task.Run(() => _there.Receive(s_limit, cancelled.Token), Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        var flood = Task.Run(
            () =>
            {
                // The receiver has stopped reading by its end.
                try
                {
                    _here.Send(new string('x', 200_000));
                }
                catch (IOException)
                {
                }
            },
            Token);
        Assert.Throws<IOException>(() => _there.Receive(s_limit, Token));
        _there.Dispose();
        await flood;
    }

    [Fact]
    public void It_knows_who_is_at_the_other_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux says so here");
        Assert.Equal((UnixCalls.User, Environment.ProcessId), _here.Peer);
    }

    [Fact]
    public void What_is_no_listening_socket_on_the_port_is_closed()
    {
        using var listening = Listen();
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var file = File.OpenHandle(Path.Combine(_folder.Path, "file"), FileMode.Create, FileAccess.Write);
        using var asSocket = new SafeSocketHandle(file.DangerousGetHandle(), ownsHandle: false);
        var port = ((IPEndPoint)listening.LocalEndPoint!).Port;
        _here.Send("", [bound.SafeHandle, datagrams.SafeHandle, asSocket, listening.SafeHandle, listening.SafeHandle]);
        var handles = _there.Receive(s_limit, Token)!.Descriptors;
        Assert.Null(HandedSocket.Adopt(handles[0], ((IPEndPoint)bound.LocalEndPoint!).Port));
        Assert.Null(HandedSocket.Adopt(handles[1], ((IPEndPoint)datagrams.LocalEndPoint!).Port));
        Assert.Null(HandedSocket.Adopt(handles[2], port));
        Assert.Null(HandedSocket.Adopt(handles[3], port + 1));
        Assert.All(handles.Take(4), static h => Assert.True(h.IsClosed));
        using var adopted = HandedSocket.Adopt(handles[4], port);
        Assert.NotNull(adopted);
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }
}
