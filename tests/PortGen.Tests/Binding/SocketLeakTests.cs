using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using PortGen.Binding;
using PortGen.Binding.Conflicts;
using PortGen.Platform;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>Numbers that are refused leave no socket. Nothing else runs meanwhile, or its sockets would be counted too.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed partial class SocketLeakTests
{
    [Theory]
    [InlineData("managed")]
    [InlineData("native")]
    public void Refused_numbers_leave_no_socket(string way)
    {
        using var holder = FreePorts.Occupy(FreePorts.Block(1).First, IPAddress.IPv6Loopback);
        var port = ((IPEndPoint)holder.LocalEndPoint!).Port;
        var before = OpenSockets.Count();
        for (var round = 0; round < 3; round++)
        {
            using var sockets = new ListenSocket(way == "native" ? ListenProbing.Native : ListenProbing.Managed);
            foreach (var host in (string[])["::1", "localhost", "::1", "localhost", "*"])
            {
                Assert.NotNull(sockets.TryListen(HostAddresses.Of(host), port, out var result));
                Assert.All(result.Sockets, static s => Assert.True(s.SafeHandle.IsClosed));
            }

            // One for each address waits for the next number.
            Assert.Equal(before + (way == "native" ? 2 : 0), OpenSockets.Count());
        }

        Assert.Equal(before, OpenSockets.Count());
    }

    [Fact]
    public void Numbers_that_the_system_chose_and_nobody_wanted_leave_no_socket()
    {
        var before = OpenSockets.Count();
        OwnNetwork.Run(static () =>
        {
            OwnNetwork.Set("ipv4/ip_local_port_range", "40000 40003");
            var others = Enumerable.Range(40000, 2).Select(static n => FreePorts.Occupy(n, IPAddress.IPv6Loopback)).ToList();
            using (var held = new HeldPorts(ListenProbing.Native))
            {
                Assert.NotEqual(0, held.HoldAny("localhost", out _));
                Assert.NotEqual(0, held.HoldAny("127.0.0.2", out _));
                Assert.NotEqual(0, held.HoldAny("::1", out _));
                Assert.False(held.TryHold("::1", 40000));
            }

            others.ForEach(static o => o.Dispose());
        });
        Assert.Equal(before, OpenSockets.Count());
    }

    [Theory]
    [InlineData("managed")]
    [InlineData("native")]
    public void Without_a_descriptor_a_number_is_refused_and_later_had(string way)
    {
        const int OpenFiles = 7;
        using var holder = FreePorts.Occupy(FreePorts.Block(1).First);
        using var sockets = new ListenSocket(way == "native" ? ListenProbing.Native : ListenProbing.Managed);
        Assert.NotNull(sockets.TryListen(HostAddresses.Of("127.0.0.1"), ((IPEndPoint)holder.LocalEndPoint!).Port, out _));
        var port = FreePorts.Block(1).First;
        var limit = new ulong[2];
        Assert.Equal(0, GetLimit(OpenFiles, limit));
        Assert.Equal(0, SetLimit(OpenFiles, [0, limit[1]]));
        var refusal = sockets.TryListen(HostAddresses.Of("127.0.0.1"), port, out _);
        Assert.Equal(0, SetLimit(OpenFiles, limit));
        Assert.Equal(SocketError.TooManyOpenSockets, refusal?.SocketErrorCode);
        Assert.Equal("Too many open files: this process has reached its limit. Raise it (ulimit -n; LimitNOFILE= in a systemd unit)", refusal!.Message);
        Assert.Null(sockets.TryListen(HostAddresses.Of("127.0.0.1"), port, out var result));
        result.Close();
    }

    [Fact]
    public void A_search_for_who_has_them_leaves_nothing_open()
    {
        using var holder = FreePorts.Occupy(FreePorts.Block(1).First);
        var port = new ContestedPort("127.0.0.1", ((IPEndPoint)holder.LocalEndPoint!).Port);
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal("this process", new PortHolderLookup(limit: TimeSpan.FromMinutes(1)).Find([port])[port].ToString());
        }

        Assert.InRange(Directory.GetFileSystemEntries("/proc/self/fd").Length, 0, before + 20);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong[] limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong[] limit);
}
