using System.Net;
using PortGen.Binding.Conflicts;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>How a holder is told of, with more or less known about it.</summary>
public sealed class PortHolderTests
{
    private static readonly IPEndPoint s_remote = new(IPAddress.Loopback, 9000);

    private static readonly HolderProcess s_known = new(new ProcessDetails
    {
        Id = 17,
        Name = "nginx",
        Command = "/usr/sbin/nginx",
        User = "www",
        StartedAt = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.FromHours(1)),
    });

    [Theory]
    [InlineData(PortHold.Listener, null, true, "a process (not readable)", "a process")]
    [InlineData(PortHold.Listener, "joe", true, "a process of user joe (not readable)", "a process of user joe")]
    [InlineData(PortHold.Listener, "joe", false, "a process of user joe (not found in time)", "a process of user joe")]
    [InlineData(PortHold.Connection, "joe", true, "a connection to 127.0.0.1:9000 of a process of user joe (not readable)", "a connection of a process of user joe")]
    [InlineData(PortHold.ClosedConnection, null, true, "a closed connection to 127.0.0.1:9000 that lingers for up to a few minutes", "a closed connection")]
    [InlineData(PortHold.Unlisted, null, true, "a socket that is bound and doesn't listen, or can't be seen from here", "a socket that doesn't listen")]
    internal void Without_its_process(PortHold hold, string? user, bool searched, string described, string brief)
    {
        var holder = new PortHolder { Hold = hold, Remote = s_remote, User = user, Searched = searched };
        Assert.Equal((described, brief), (holder.Describe(), holder.ToString()));
    }

    [Fact]
    public void With_its_process()
    {
        var holder = new PortHolder { Hold = PortHold.Listener, Process = s_known, User = "ignored" };
        Assert.Equal("nginx (pid 17, /usr/sbin/nginx, user www, since 2026-11-24 11:00:00Z)", holder.Describe());
        Assert.Equal("nginx (pid 17)", holder.ToString());
        holder = holder with { Hold = PortHold.Connection, Remote = s_remote };
        Assert.Equal("a connection to 127.0.0.1:9000 of nginx (pid 17, /usr/sbin/nginx, user www, since 2026-11-24 11:00:00Z)", holder.Describe());
        Assert.Equal("a connection of nginx (pid 17)", holder.ToString());
    }

    [Fact]
    public void An_earlier_instance_and_this_process_need_no_details()
    {
        Assert.Equal("an earlier instance of this application (pid 17); --force-restart ends it", (s_known with { IsEarlierInstance = true, Details = s_known.Details with { StartedAt = null } }).Describe());
        var own = s_known with { Details = s_known.Details with { Id = Environment.ProcessId }, IsEarlierInstance = true };
        Assert.Equal(("this process", "this process"), (own.Describe(), own.ToString()));
    }

    [Theory]
    [InlineData("80", 80, "no permission: a security policy of this system forbids it")]
    [InlineData("80", 79, "no permission: ports below 80 are for privileged processes (net.ipv4.ip_unprivileged_port_start, CAP_NET_BIND_SERVICE)")]
    public void What_only_root_may_have_begins_where_the_system_says(string first, int number, string reason) => OwnNetwork.Run(() =>
    {
        OwnNetwork.Set("ipv4/ip_unprivileged_port_start", first);
        Assert.Equal(reason, PortPermission.Explain(number));
    });

    [Theory]
    [InlineData("1 (name) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20\n", "S", 4711L)]
    [InlineData("1 (a) b (c) R 1) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20\n", "Z", 4711L)]
    [InlineData("1 (name) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18", null, 0L)]
    [InlineData("1 (name) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 -1 20", null, 0L)]
    [InlineData("", null, 0L)]
    public void Of_a_process_s_line_what_is_behind_the_name_counts(string line, string? state, long startTime)
    {
        using var process = new TemporaryFolder();
        process.Write("stat", line);
        Assert.Equal(state is null ? null : new ProcessStat(state, startTime), ProcessStat.Read(process.Path));
    }
}
