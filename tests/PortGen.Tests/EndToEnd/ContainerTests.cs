using System.Diagnostics;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>The essentials of a container by the kernel's own means: process 1 in namespaces of its own, and a container's variables.</summary>
public sealed class ContainerTests
{
    [Fact]
    public async Task As_process_1_it_listens_on_all_interfaces_drains_on_SIGTERM_and_ends_with_0()
    {
        Assert.SkipUnless(AppProcess.CanUnshare(), "namespaces can't be made here: unshare(1) is missing or not permitted");
        await using var app = AppProcess.HelloPortsInNamespaces(
            ("DOTNET_RUNNING_IN_CONTAINER", "true"), ("ECHO_PORT", "9300"), ("ECHO_EXTERNAL_PORT", "80"), ("Ports__DrainDelay", "0.5"));
        await app.WaitForAsync("echo holds port 9300 ([::]:9300)");
        await app.WaitForAsync("echo serves on port 9300, outside on port 80");
        await app.WaitForAsync("Application started");

        var clock = Stopwatch.StartNew();
        app.SignalChild(15);
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(450), TimeSpan.FromMinutes(1));
        var (drain, stop) = (app.Output.IndexOf("Draining", StringComparison.Ordinal), app.Output.IndexOf("shout has released", StringComparison.Ordinal));
        Assert.True(drain >= 0 && drain < stop, app.Output);
    }
}
