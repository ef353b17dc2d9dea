using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PortGen.Binding;
using PortGen.Binding.Conflicts;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

public sealed class PortHolderLookupTests
{
    // However busy the machine is.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Of_another_process_name_id_command_user_and_start_are_told()
    {
        var ports = FreePorts.Block(5);
        var port = ports.First;
        var before = DateTimeOffset.UtcNow;
        await using var app = AppProcess.TestAppOn(ports, "--Password=hunter2");
        await app.WaitForAsync("first holds port");
        var holder = Find("localhost", port);
        Assert.Equal($"PortGen.TestApp (pid {app.Id})", holder!.ToString());
        var text = holder.Describe();
        var path = Process.GetProcessById(app.Id).MainModule!.FileName;
        Assert.StartsWith($"PortGen.TestApp (pid {app.Id}, {path}, user {Environment.UserName}, since ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        var since = DateTimeOffset.ParseExact(text[^21..], "yyyy-MM-dd HH:mm:ss'Z)'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(since, before.AddSeconds(-2), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Theory]
    [InlineData("127.0.0.1", false, "127.0.0.1 localhost 0.0.0.0 *")]
    [InlineData("127.0.0.2", false, "127.0.0.2 0.0.0.0 *")]
    [InlineData("0.0.0.0", false, "127.0.0.1 127.0.0.2 localhost 0.0.0.0 *")]
    [InlineData("::1", false, "::1 localhost *")]
    [InlineData("::ffff:127.0.0.1", true, "127.0.0.1 localhost 0.0.0.0 *")]
    [InlineData("::", true, "127.0.0.1 127.0.0.2 ::1 localhost 0.0.0.0 *")]
    public void A_listener_holds_the_addresses_that_the_system_refuses_for_it(string address, bool dual, string hosts)
    {
        var port = FreePorts.Block(1).First;
        using var holder = OtherSockets.Listen(IPAddress.Parse(address), port, dual);
        foreach (var host in (string[])["127.0.0.1", "127.0.0.2", "::1", "localhost", "0.0.0.0", "*"])
        {
            var isHeld = hosts.Split(' ').Contains(host);
            var failure = new ListenSocket(ListenProbing.Managed).TryListen(HostAddresses.Of(host), port, out var result);
            result.Sockets.ToList().ForEach(static s => s.Dispose());
            Assert.Equal(isHeld, failure is not null);
            Assert.Equal(isHeld ? PortHold.Listener : PortHold.Unlisted, Find(host, port)!.Hold);
            Assert.Equal(isHeld, Find(host, port)!.ToString() == "this process");
        }
    }

    [Fact]
    public void An_IPv6_listener_that_may_take_IPv4_too_gives_way_to_a_listener_that_surely_does()
    {
        var port = FreePorts.Block(1).First;
        using var all = OtherSockets.Listen(IPAddress.IPv6Any, port);
        var alone = Entry(IPAddress.IPv6Any, port).Suspicion(IPAddress.Loopback);
        using var loopback = FreePorts.Occupy(port);
        Assert.True(Entry(IPAddress.Loopback, port).Suspicion(IPAddress.Loopback) < alone);
    }

    [Fact]
    public void An_outgoing_connection_is_told_with_its_other_end()
    {
        var port = FreePorts.Block(1).First;
        using var server = FreePorts.Occupy(port);
        using var client = OtherSockets.Connect(server.LocalEndPoint!);
        using var accepted = server.Accept();
        var own = ((IPEndPoint)client.LocalEndPoint!).Port;
        Assert.Equal(SocketError.AddressAlreadyInUse, new ListenSocket(ListenProbing.Managed).TryListen(HostAddresses.Of("localhost"), own, out _)?.SocketErrorCode);
        var holder = Find("localhost", own)!;
        Assert.Equal((PortHold.Connection, server.LocalEndPoint, Environment.UserName), (holder.Hold, holder.Remote, holder.User));
        Assert.Equal($"a connection to 127.0.0.1:{port} of this process", holder.Describe());
        Assert.Equal("a connection of this process", holder.ToString());

        // The server's port has a connection too, but it is the listener that is in the way.
        Assert.Equal("this process", Find("localhost", port)!.Describe());
    }

    [Fact]
    public void An_outgoing_connection_that_lingers_after_its_end_is_told_as_such()
    {
        using var server = FreePorts.Occupy(FreePorts.Block(1).First);
        using var client = OtherSockets.Connect(server.LocalEndPoint!);
        using var accepted = server.Accept();
        var own = ((IPEndPoint)client.LocalEndPoint!).Port;
        client.Close();
        Assert.Equal(SocketError.AddressAlreadyInUse, new ListenSocket(ListenProbing.Managed).TryListen(HostAddresses.Of("127.0.0.1"), own, out _)?.SocketErrorCode);
        var holder = Find("127.0.0.1", own)!;
        Assert.Equal(((IPEndPoint)server.LocalEndPoint!, null, null), (holder.Remote, holder.User, holder.Process));
        Assert.Equal($"a closed connection to {server.LocalEndPoint} that lingers for up to a few minutes", holder.Describe());
        Assert.Equal("a closed connection", holder.ToString());
    }

    [Fact]
    public void A_socket_that_is_bound_only_is_in_no_table_and_told_as_such()
    {
        var port = FreePorts.Block(1).First;
        using var socket = OtherSockets.Bind(port);
        Assert.Equal(SocketError.AddressAlreadyInUse, new ListenSocket(ListenProbing.Managed).TryListen(HostAddresses.Of("127.0.0.1"), port, out _)?.SocketErrorCode);
        var holder = Find("127.0.0.1", port)!;
        Assert.Equal("a socket that is bound and doesn't listen, or can't be seen from here", holder.Describe());
        Assert.Equal("a socket that doesn't listen", holder.ToString());
    }

    [Fact]
    public async Task An_earlier_instance_is_told_with_the_option_that_ends_it()
    {
        var ports = FreePorts.Block(5);
        var port = ports.First;
        await using var app = AppProcess.TestAppOn(ports);
        await app.WaitForAsync("first holds port");
        var holder = Find("localhost", port, new PortHolderLookup(() => [new(Environment.ProcessId, [port]), new(app.Id, [])], s_patience))!;
        Assert.Matches(
            $@"^an earlier instance of this application \(pid {app.Id}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ\); --force-restart ends it$", holder.Describe());
        Assert.Equal($"an earlier instance of this application (pid {app.Id})", holder.ToString());
    }

    [Fact]
    public async Task A_question_for_earlier_instances_that_fails_leaves_the_rest_as_it_is()
    {
        var ports = FreePorts.Block(5);
        var port = ports.First;
        await using var app = AppProcess.TestAppOn(ports);
        await app.WaitForAsync("first holds port");
        var holder = Find("localhost", port, new PortHolderLookup(static () => throw new NotSupportedException(), s_patience));
        Assert.StartsWith($"PortGen.TestApp (pid {app.Id}, /", holder!.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_ports_that_one_socket_is_in_the_way_of_are_answered_at_once()
    {
        using var listener = FreePorts.Occupy(FreePorts.Block(1).First);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var lookup = new PortHolderLookup(limit: s_patience);
        ContestedPort[] ports = [new("localhost", port), new("*", port), new("127.0.0.1", port + 1)];
        var holders = lookup.Find(ports);
        Assert.Equal(["this process", "this process", "a socket that doesn't listen"], ports.Select(p => holders[p].ToString()));
        Assert.Equal([true, true, false], ports.Select(p => holders[p].Process is not null));
        Assert.All(ports[..2], p => Assert.Equal((null, Environment.UserName), (holders[p].Remote, holders[p].User)));
        Assert.Empty(lookup.Find([]));
    }

    [Fact]
    public async Task Of_another_user_s_process_the_user_is_told()
    {
        Assert.SkipUnless(Environment.UserName == "root" && AppProcess.CanBecome(65534), "this user may not become another, or that one can't run what was built");
        var port = FreePorts.Block(1).First;
        await using var app = AppProcess.Program("setpriv", "--reuid=65534", "--clear-groups", AppProcess.TestAppPath, "hold", $"{port}", "never");
        await app.WaitForAsync("holding");
        var holder = Find("127.0.0.1", port)!;
        Assert.StartsWith($"PortGen.TestApp (pid {app.Id}, {AppProcess.TestAppPath}, user nobody, since ", holder.Describe(), StringComparison.Ordinal);
        Assert.Equal("nobody", holder.User);
    }

    [Fact]
    public async Task Of_a_process_that_may_not_be_read_the_user_is_told()
    {
        Assert.SkipUnless(Environment.UserName == "root" && AppProcess.CanBecome(65534), "this user may not become another, or that one can't run what was built");
        var port = FreePorts.Block(1).First;
        await using var app = AppProcess.Program("setpriv", "--reuid=65534", "--clear-groups", AppProcess.TestAppPath, "hold", $"{port}", "never");
        await app.WaitForAsync("holding");
        PortHolder? holder = null;

        // The search runs on a thread of this one's, with its rights.
        OwnThread.Run(() =>
        {
            OwnNetwork.DropRights();
            holder = Find("127.0.0.1", port);
        });
        Assert.Equal("a process of user nobody (not readable)", holder!.Describe());
    }

    [Fact]
    public void A_search_whose_time_is_up_says_so()
    {
        using var listener = FreePorts.Occupy(FreePorts.Block(1).First);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var (up, enough) = (new Deadline(TimeSpan.Zero), new Deadline(s_patience));
        var sockets = new List<SocketEntry>();
        Assert.False(SocketTable.TryRead(new HashSet<int> { port }, up, sockets));
        Assert.Empty(sockets);

        var own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var found = new List<(long, string)>();
        HashSet<long> inodes = [Entry(IPAddress.Loopback, port).Inode];
        Assert.False(ProcessSockets.Search(inodes, [own], up, (i, id) => found.Add((i, id))));
        Assert.Single(inodes);
        Assert.Empty(found);
        Assert.True(ProcessSockets.Search([], [own], up, (i, id) => found.Add((i, id))));

        // One that no process has is looked for everywhere.
        var inode = inodes.Single();
        inodes.Add(long.MaxValue);
        Assert.True(ProcessSockets.Search(inodes, ["0", "no process"], enough, (i, id) => found.Add((i, id))));
        Assert.Equal([(inode, own)], found);
        Assert.Equal([long.MaxValue], inodes);
    }

    [Fact]
    public async Task All_searches_together_take_no_longer_than_the_limit()
    {
        var port = FreePorts.Block(1).First;
        await using var app = AppProcess.Program(AppProcess.TestAppPath, "hold", $"{port}", "now");
        await app.WaitForAsync("holding");
        using var never = new ManualResetEventSlim();
        var lookup = new PortHolderLookup(
            () =>
            {
                never.Wait();
                return [];
            },
            TimeSpan.FromMilliseconds(100));

        // Each that hangs takes a part of what is left. If it gave time instead, a dozen would take a minute and a half.
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 12; i++)
        {
            Find("127.0.0.1", port, lookup);
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        never.Set();
    }

    [Fact]
    public void A_listener_is_likelier_in_the_way_than_a_connection_and_the_wanted_family_than_the_other()
    {
        IPAddress[] locals = [IPAddress.Any, IPAddress.IPv6Any];
        (int State, long Inode)[] holds = [(10, 1), (1, 1), (6, 0)];
        var suspicions = holds.SelectMany(h => locals.Select(l => new SocketEntry(new(l, 1), new(l, 2), h.State, 0, h.Inode).Suspicion(IPAddress.Loopback)));
        Assert.Equal([0, 1, 2, 3, 4, 5], suspicions);
        Assert.Null(new SocketEntry(new(IPAddress.IPv6Loopback, 1), new(IPAddress.IPv6Loopback, 2), 10, 0, 1).Suspicion(IPAddress.Loopback));
    }

    [Fact]
    public void Without_time_nothing_is_found_and_nothing_fails()
    {
        using var holder = FreePorts.Occupy(FreePorts.Block(1).First);
        Assert.Null(Find("localhost", ((IPEndPoint)holder.LocalEndPoint!).Port, new PortHolderLookup(limit: TimeSpan.Zero)));
    }

    private static PortHolder? Find(string host, int port, PortHolderLookup? lookup = null) =>
        (lookup ?? new PortHolderLookup(limit: s_patience)).Find([new(host, port)]).GetValueOrDefault(new(host, port));

    private static SocketEntry Entry(IPAddress address, int port)
    {
        var sockets = new List<SocketEntry>();
        Assert.True(SocketTable.TryRead(new HashSet<int> { port }, new Deadline(s_patience), sockets));
        return Assert.Single(sockets, s => s.Local.Address.Equals(address));
    }
}
