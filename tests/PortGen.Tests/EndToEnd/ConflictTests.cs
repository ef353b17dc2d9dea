using System.Net;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>Ports that are refused for reasons outside the process: other users, permissions, settings of the kernel.</summary>
public sealed class ConflictTests
{
    private const int Nobody = 65534;

    [Fact]
    public async Task A_holder_of_another_user_that_can_t_be_read_is_told_by_its_user()
    {
        Assert.SkipUnless(AppProcess.CanBecome(Nobody), "another user can't be had here: not root, no setpriv(1), or the build is not readable to all");
        var ports = FreePorts.Block(3);
        using var holder = FreePorts.Occupy(ports.First);
        await using var app = await HolderSearch.FinishedAsync(() => AppProcess.HelloPortsAs(Nobody, Exact(ports)), static a => a.WaitForExitAsync());
        Assert.Equal(69, await app.WaitForExitAsync());
        Assert.Contains(
            $"PG3001: No port available for 'echo': port {ports.First} on localhost was tried (exact by command-line option --Ports:echo:Port); "
            + $"{ports.First} in use by a process of user {Environment.UserName} (not readable). ", app.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_holder_of_another_user_that_can_be_read_is_told_with_its_user()
    {
        Assert.SkipUnless(AppProcess.CanBecome(Nobody), "another user can't be had here: not root, no setpriv(1), or the build is not readable to all");
        var ports = FreePorts.Block(3);
        await using var app = AppProcess.HelloPortsAs(Nobody, Exact(ports));
        await app.WaitForAsync("echo holds port");
        using var attempt = BindAttempt.Of(Manifests.Port("web", ports.First));
        Assert.Contains($"in use by HelloPorts (pid {app.Id}, ", attempt.Error!.Message, StringComparison.Ordinal);
        Assert.Contains($"/HelloPorts, user {PortGen.Platform.Linux.ProcessReader.UserName(Nobody)}, since ", attempt.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_needs_privileges_is_told_with_the_setting()
    {
        Assert.SkipUnless(AppProcess.CanUnshare() && AppProcess.CanBecome(Nobody), "namespaces or another user can't be had here");
        await using var app = AppProcess.HelloPortsAfter(
            "echo 9102 > /proc/sys/net/ipv4/ip_unprivileged_port_start", Nobody, ["--Ports:echo:Host=*", "--Ports:time:Host=*", "--Ports:shout:Host=*"]);
        await app.WaitForAsync("Port 9101 of echo on * can't be bound: no permission: ports below 9102 are for privileged processes (net.ipv4.ip_unprivileged_port_start");
        await app.WaitForAsync("echo serves on port 9102");
    }

    [Fact]
    public async Task A_port_that_the_kernel_reserves_is_bound_all_the_same()
    {
        Assert.SkipUnless(AppProcess.CanUnshare() && AppProcess.CanBecome(Nobody), "namespaces or another user can't be had here");
        await using var app = AppProcess.HelloPortsAfter(
            "echo 9101-9130 > /proc/sys/net/ipv4/ip_local_reserved_ports", Nobody, ["--Ports:echo:Host=*", "--Ports:time:Host=*", "--Ports:shout:Host=*"]);
        await app.WaitForAsync("echo serves on port 9101");
    }

    [Fact]
    public async Task An_outgoing_connection_of_another_process_is_told_with_its_process()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash(1), which opens the connection");
        using var server = FreePorts.Occupy(FreePorts.Block(1).First);
        await using var client = AppProcess.Bash($"exec 3<>/dev/tcp/127.0.0.1/{((IPEndPoint)server.LocalEndPoint!).Port}; read");
        using var connection = await server.AcceptAsync(TestContext.Current.CancellationToken);
        var own = ((IPEndPoint)connection.RemoteEndPoint!).Port;
        using var attempt = BindAttempt.Of(Manifests.Port("web", own));
        Assert.Contains($"in use by a connection to {server.LocalEndPoint} of bash (pid {client.Id}, ", attempt.Error!.Message, StringComparison.Ordinal);
        Assert.Equal($"a connection of bash (pid {client.Id})", attempt.Registry.GetPort("web").HeldBy);
    }

    private static string[] Exact(PortRange ports) =>
        [$"--Ports:echo:Port={ports.First}", $"--Ports:time:Port={ports.First + 1}", $"--Ports:shout:Port={ports.Last}", "--Ports:BindTimeout=0"];
}
