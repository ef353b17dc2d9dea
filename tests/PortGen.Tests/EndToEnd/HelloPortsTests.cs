using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PortGen.Tests.Support;
using PortGen.Tests.VectorDb;

namespace PortGen.Tests.EndToEnd;

/// <summary>The sample as a user runs it, on the ports that it declares: here the fixed ports are the case, so each test has a network of its own.</summary>
public sealed class HelloPortsTests
{
    [Fact]
    public async Task Three_services_start_in_order_and_answer_on_their_ports()
    {
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await network.RunAsync(static () => AppProcess.HelloPorts());
        await app.WaitForAsync("shout serves on port 9121");
        Assert.Equal("Hello", await AskAsync(network, 9101, "Hello"));
        Assert.Equal("HELLO", await AskAsync(network, 9121, "Hello"));
        var time = DateTimeOffset.Parse(await AskAsync(network, 9111, null), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(time, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));

        var (echo, date, shout) = (app.Output.IndexOf("echo serves", StringComparison.Ordinal), app.Output.IndexOf("time serves", StringComparison.Ordinal), app.Output.IndexOf("shout serves", StringComparison.Ordinal));
        Assert.True(echo < date && date < shout, app.Output);
        Assert.True(app.Output.LastIndexOf(" holds port ", StringComparison.Ordinal) < echo, "every port is held before the first service starts");
    }

    [Fact]
    public async Task SIGTERM_ends_it_within_two_seconds_with_exit_code_0_and_the_ports_free()
    {
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await network.RunAsync(static () => AppProcess.HelloPorts());
        await app.WaitForAsync("shout serves on port 9121");
        using var client = await network.RunAsync(static () => new TcpClient("127.0.0.1", 9101));
        var clock = Stopwatch.StartNew();
        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.True(await network.RunAsync(static () => FreePorts.BecomesFree(9101) && FreePorts.BecomesFree(9111) && FreePorts.BecomesFree(9121)));
    }

    [Fact]
    public async Task With_the_preferred_port_held_only_that_service_moves_and_the_warning_names_the_holder()
    {
        await using var network = await TestNetwork.CreateAsync();
        using var holder = await network.RunAsync(static () => FreePorts.Occupy(9101));
        await using var app = await HolderSearch.FinishedAsync(() => network.RunAsync(static () => AppProcess.HelloPorts()), static a => a.WaitForAsync("shout serves on port 9121"));
        await app.WaitForAsync("time serves on port 9111");
        Assert.Equal("Hello", await AskAsync(network, 9102, "Hello"));
        using var self = Process.GetCurrentProcess();
        var name = (await File.ReadAllTextAsync("/proc/self/comm", TestContext.Current.CancellationToken)).Trim();
        await app.WaitForAsync($"Port 9101 of echo on localhost is in use by {name} (pid {self.Id}, ");
        Assert.Contains("warn: PortGen[1]", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_whole_range_held_nothing_is_left_and_it_ends_with_69()
    {
        await using var network = await TestNetwork.CreateAsync();
        var holders = await network.RunAsync(static () => Enumerable.Range(9101, 10).Select(FreePorts.Occupy).ToList());
        await using var app = await HolderSearch.FinishedAsync(() => network.RunAsync(static () => AppProcess.HelloPorts(["--Ports:BindTimeout=0.5"])), static a => a.WaitForExitAsync());
        Assert.Equal(69, await app.WaitForExitAsync());
        Assert.Contains("PG3001: No port available for 'echo': all 10 ports of 9101-9110 on localhost were tried", app.Errors, StringComparison.Ordinal);
        Assert.Contains($"(pid {Environment.ProcessId}, ", app.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Errors + app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("serves", app.Output, StringComparison.Ordinal);
        Assert.True(await network.RunAsync(static () => FreePorts.BecomesFree(9111) && FreePorts.IsFree(9121)));
        holders.ForEach(static h => h.Dispose());
    }

    [Fact]
    public async Task From_the_first_start_on_no_other_process_can_listen_on_any_port_of_the_plan()
    {
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await network.RunAsync(static () => AppProcess.HelloPorts());
        await app.WaitForAsync("echo serves on port 9101");
        foreach (var port in (int[])[9101, 9111, 9121])
        {
            foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Any, IPAddress.IPv6Any])
            {
                Assert.True(await network.RunAsync(() => FreePorts.IsRefused(address, port)), $"{address} {port}");
            }
        }
    }

    private static async Task<string> AskAsync(TestNetwork network, int port, string? line)
    {
        using var client = await network.RunAsync(() => new TcpClient("127.0.0.1", port));
        await using var stream = client.GetStream();
        if (line is not null)
        {
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"), TestContext.Current.CancellationToken);
        }

        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
    }
}
