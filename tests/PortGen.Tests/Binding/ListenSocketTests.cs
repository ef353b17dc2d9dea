using System.Net;
using System.Net.Sockets;
using PortGen.Binding;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>What the two ways to open a listening socket have in common.</summary>
public sealed class ListenSocketTests
{
    public static TheoryData<string> Ways => ["managed", "native"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_port_whose_connections_are_in_TIME_WAIT_is_free(string way)
    {
        foreach (var (host, address) in ((string, IPAddress)[])[("127.0.0.1", IPAddress.Loopback), ("::1", IPAddress.IPv6Loopback), ("localhost", IPAddress.Loopback), ("*", IPAddress.Loopback)])
        {
            var port = FreePorts.Block(1).First;
            LeaveTimeWait(address, port);
            using var sockets = Open(way);
            Assert.Null(sockets.TryListen(HostAddresses.Of(host), port, out var result));
            result.Close();
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void An_IPv6_address_alone_leaves_IPv4_to_others(string way)
    {
        foreach (var address in (string[])["::1", "localhost"])
        {
            var port = FreePorts.Block(1).First;
            using var sockets = Open(way);
            Assert.Null(sockets.TryListen(HostAddresses.Of(address), port, out var result));
            Assert.All(result.Sockets.Where(static s => s.AddressFamily == AddressFamily.InterNetworkV6), static s => Assert.False(s.DualMode));
            using var other = OtherSockets.Listen(IPAddress.Parse("127.0.0.2"), port);
            result.Close();
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void All_interfaces_are_those_of_IPv4_too(string way)
    {
        var port = FreePorts.Block(1).First;
        using var sockets = Open(way);
        Assert.Null(sockets.TryListen(HostAddresses.Of("*"), port, out var result));
        Assert.True(FreePorts.IsRefused(IPAddress.Parse("127.0.0.2"), port));
        Assert.True(FreePorts.IsRefused(IPAddress.IPv6Loopback, port));
        result.Close();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Hundreds_of_clients_may_wait(string way)
    {
        using var sockets = Open(way);
        Assert.Null(sockets.TryListen(HostAddresses.Of("127.0.0.1"), FreePorts.Block(1).First, out var result));
        var clients = Enumerable.Range(0, 600).Select(static _ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        await Task.WhenAll(clients.Select(c => c.ConnectAsync(result.EndPoints[0], TestContext.Current.CancellationToken).AsTask()))
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        clients.ForEach(static c => c.Dispose());
        result.Close();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_program_that_is_started_does_not_inherit_it(string way)
    {
        using var sockets = Open(way);
        Assert.Null(sockets.TryListen(HostAddresses.Of("localhost"), FreePorts.Block(1).First, out var result));
        const int CloseOnExec = 0x80000;
        Assert.All(result.Sockets, static s => Assert.NotEqual(0, Flags(s) & CloseOnExec));
        result.Close();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Of_two_families_none_is_kept_where_one_is_refused(string way)
    {
        var port = FreePorts.Block(1).First;
        using var holder = FreePorts.Occupy(port, IPAddress.IPv6Loopback);
        using var sockets = Open(way);
        Assert.Equal(SocketError.AddressAlreadyInUse, sockets.TryListen(HostAddresses.Of("localhost"), port, out _)?.SocketErrorCode);
        Assert.False(FreePorts.IsRefused(IPAddress.Loopback, port));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void It_accepts(string way)
    {
        using var sockets = Open(way);
        Assert.Null(sockets.TryListen(HostAddresses.Of("localhost"), 0, out var result));
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], result.EndPoints.Select(static e => e.Address));
        Assert.Equal(result.EndPoints, result.Sockets.Select(static s => s.LocalEndPoint));
        Assert.Single(result.EndPoints.Select(static e => e.Port).Distinct());
        foreach (var (socket, end) in result.Sockets.Zip(result.EndPoints))
        {
            using var client = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(end);
            using var connection = socket.Accept();
            Assert.Equal(end, connection.LocalEndPoint);
        }

        result.Close();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Without_IPv6_it_is_left_out(string way) => OwnNetwork.Run(() =>
    {
        OwnNetwork.Set("ipv6/conf/all/disable_ipv6", "1");
        OwnNetwork.Set("ipv6/conf/lo/disable_ipv6", "1");
        using var sockets = Open(way);
        Assert.Null(sockets.TryListen(HostAddresses.Of("localhost"), 9000, out var localhost));
        Assert.Equal([new(IPAddress.Loopback, 9000)], localhost.EndPoints);
        Assert.Equal([IPAddress.IPv6Loopback], localhost.MissingAddresses);
        Assert.Null(sockets.TryListen(HostAddresses.Of("localhost"), 0, out var any));
        Assert.Single(any.EndPoints);
        Assert.Null(sockets.TryListen(HostAddresses.Of("*"), 9001, out var all));
        using (var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            client.Connect(IPAddress.Loopback, 9001);
        }

        Assert.Equal(SocketError.AddressNotAvailable, sockets.TryListen(HostAddresses.Of("::1"), 9002, out _)?.SocketErrorCode);
        localhost.Close();
        any.Close();
        all.Close();
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_port_that_only_root_may_have_is_a_matter_of_permission(string way) => OwnNetwork.Run(() =>
    {
        using var sockets = Open(way);
        OwnNetwork.DropRights();
        Assert.Equal(SocketError.AccessDenied, sockets.TryListen(HostAddresses.Of("127.0.0.1"), 80, out _)?.SocketErrorCode);
    });

    [Theory]
    [InlineData("managed", "fe80::1")]
    [InlineData("native", "fe80::1")]
    [InlineData("managed", "::ffff:127.0.0.1")]
    [InlineData("native", "::ffff:127.0.0.1")]
    public void What_the_system_says_otherwise_is_told_in_its_words(string way, string address)
    {
        // Of the first the interface is missing; the second is no IPv6 address really.
        using var sockets = Open(way);
        var refusal = sockets.TryListen(HostAddresses.Of(address), FreePorts.Block(1).First, out _);
        Assert.Equal((SocketError.InvalidArgument, "Invalid argument"), (refusal?.SocketErrorCode, refusal?.Message));
    }

    [Theory]
    [InlineData(12, SocketError.NoBufferSpaceAvailable, "Cannot allocate memory: the system has no memory for another socket. Close programs that")]
    [InlineData(13, SocketError.AccessDenied, "Permission denied")]
    [InlineData(1, SocketError.AccessDenied, "Operation not permitted")]
    [InlineData(23, SocketError.TooManyOpenSockets, "Too many open files in system: the machine has reached its limit. Raise it (sysctl fs.file-max")]
    [InlineData(24, SocketError.TooManyOpenSockets, "Too many open files: this process has reached its limit. Raise it (ulimit -n")]
    [InlineData(97, SocketError.AddressFamilyNotSupported, "Address family not supported by protocol")]
    [InlineData(105, SocketError.NoBufferSpaceAvailable, "No buffer space available: the system has no memory for another socket. Close programs that")]
    public void Both_ways_say_what_the_system_ran_out_of_or_forbids(int number, SocketError error, string message)
    {
        foreach (var way in (string[])["managed", "native", "first"])
        {
            foreach (var call in (RefusedCall[])[RefusedCall.Socket, RefusedCall.Bind])
            {
                var port = FreePorts.Block(1).First;
                using var sockets = way == "first" ? new ListenSocket(ListenProbing.Native) : Open(way);
                RefusedCalls.Run(call, number, () =>
                {
                    foreach (var refusal in (SocketException?[])[sockets.TryListen([IPAddress.Loopback], port, out _), sockets.Look([IPAddress.Loopback], port)])
                    {
                        Assert.Equal(error, refusal?.SocketErrorCode);
                        Assert.StartsWith(message, refusal!.Message, StringComparison.Ordinal);
                    }
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void To_look_at_a_port_reserves_nothing(string way)
    {
        foreach (var host in (string[])["127.0.0.1", "::1", "localhost", "*"])
        {
            var port = FreePorts.Block(1).First;
            using var sockets = Open(way);
            Assert.Null(sockets.Look(HostAddresses.Of(host), port));
            using (OtherSockets.Bind(port))
            {
                // One that is bound and doesn't listen is in the way as well.
                Assert.Equal(host != "::1", sockets.Look(HostAddresses.Of(host), port) is not null);
            }

            using var holder = FreePorts.Occupy(port, host == "::1" ? IPAddress.IPv6Loopback : IPAddress.Loopback);
            Assert.Equal(SocketError.AddressAlreadyInUse, sockets.Look(HostAddresses.Of(host), port)?.SocketErrorCode);
        }
    }

    [Fact]
    public void After_the_first_conflict_no_exception_is_thrown_where_the_system_can_be_asked_itself()
    {
        Assert.Equal(ListenProbing.Native, ListenSocket.DefaultProbing);
        using var sockets = new ListenSocket(ListenSocket.DefaultProbing);
        using var managed = new ListenSocket(ListenProbing.Managed);
        using var holder = FreePorts.Occupy(FreePorts.Block(1).First);
        var port = ((IPEndPoint)holder.LocalEndPoint!).Port;
        Assert.NotNull(sockets.TryListen(HostAddresses.Of("127.0.0.1"), port, out _)!.StackTrace);
        Assert.Null(sockets.TryListen(HostAddresses.Of("127.0.0.1"), port, out _)!.StackTrace);
        Assert.NotNull(managed.TryListen(HostAddresses.Of("127.0.0.1"), port, out _)!.StackTrace);
        Assert.NotNull(managed.TryListen(HostAddresses.Of("127.0.0.1"), port, out _)!.StackTrace);
    }

    // The first number is always asked for by .NET; only a refusal brings the native way in.
    private static ListenSocket Open(string way)
    {
        var sockets = new ListenSocket(way == "native" ? ListenProbing.Native : ListenProbing.Managed);
        using var holder = FreePorts.Occupy(FreePorts.Block(1).First);
        Assert.NotNull(sockets.TryListen(HostAddresses.Of("127.0.0.1"), ((IPEndPoint)holder.LocalEndPoint!).Port, out _));
        return sockets;
    }

    // The end that closes first is the one that waits.
    private static void LeaveTimeWait(IPAddress address, int port)
    {
        using var listener = FreePorts.Occupy(port, address);
        using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(address, port);
        using (var connection = listener.Accept())
        {
            connection.Shutdown(SocketShutdown.Both);
        }

        Assert.Equal(0, client.Receive(new byte[1]));
        client.Close();
        listener.Close();
        var sockets = new List<SocketEntry>();
        var deadline = new Deadline(TimeSpan.FromMinutes(1));
        while (!sockets.Exists(s => s.State == 6 && s.Local.Address.Equals(address)))
        {
            Assert.False(deadline.HasPassed);
            sockets.Clear();
            Assert.True(SocketTable.TryRead(new HashSet<int> { port }, deadline, sockets));
        }
    }

    private static int Flags(Socket socket)
    {
        var line = File.ReadLines($"/proc/self/fdinfo/{socket.SafeHandle.DangerousGetHandle()}").First(static l => l.StartsWith("flags:", StringComparison.Ordinal));
        return Convert.ToInt32(line["flags:".Length..].Trim(), 8);
    }
}
