using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PortGen.Binding.Conflicts;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

public sealed class ConflictReportTests
{
    [Fact]
    public void Ports_with_one_reason_read_as_one()
    {
        var range = FreePorts.Block(6);
        var holders = ((int[])[0, 1, 2, 4]).Select(i => FreePorts.Occupy(range.First + i)).ToList();
        using var bound = OtherSockets.Bind(range.First + 3);
        using var listener = FreePorts.Occupy(range.Last);
        var report = Report("web", range.First, range, Failures(SocketError.AddressAlreadyInUse, [.. Enumerable.Range(range.First, 6)]));
        Assert.Equal(
            $"PG3001: No port available for 'web': all 6 ports of {range} on localhost were tried; "
            + $"{range.First}-{range.First + 2}, {range.First + 4}-{range.Last} in use by this process; "
            + $"{range.First + 3} in use by a socket that is bound and doesn't listen, or can't be seen from here. "
            + "Free a port, or set Ports:web:Range to another range",
            report.Failure);
        holders.ForEach(static h => h.Dispose());
    }

    [Fact]
    public void A_port_below_the_first_unprivileged_one_is_a_matter_of_permission()
    {
        var report = Report("web", 80, null, Failures(SocketError.AccessDenied, 80));
        var first = File.ReadAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start").Trim();
        var reason = int.Parse(first, System.Globalization.CultureInfo.InvariantCulture) > 80
            ? $"no permission: ports below {first} are for privileged processes (net.ipv4.ip_unprivileged_port_start, CAP_NET_BIND_SERVICE)"
            : "no permission: a security policy of this system forbids it";
        Assert.Contains($"; 80 {reason}. Free it", report.Failure, StringComparison.Ordinal);
        var log = new TestLog();
        report.WarnOfPreferred(log);
        Assert.Equal((LogLevel.Warning, 2, $"Port 80 of web on localhost can't be bound: {reason}"), Assert.Single(log.Entries));
    }

    [Fact]
    public void A_high_port_that_is_not_permitted_is_a_matter_of_policy()
    {
        var report = Report("web", 65000, null, Failures(SocketError.AccessDenied, 65000));
        Assert.Contains("65000 no permission: a security policy of this system forbids it", report.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.TooManyOpenSockets)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    public void Where_the_system_has_run_out_of_something_no_other_port_is_advised(SocketError error)
    {
        var report = Report("web", 9000, null, new() { [9000] = new SocketException((int)error, "Too little of it: raise it") });
        Assert.EndsWith("; 9000 Too little of it: raise it", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_reasons_the_first_are_told()
    {
        var failures = Enumerable.Range(20000, 30).ToDictionary(static n => n, static n => new SocketException(10000, $"reason {n}"));
        var report = Report("web", 20000, new PortRange(20000, 20029), failures);
        Assert.Contains("20019 reason 20019; 20020-20029 for other reasons. Free", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void What_made_a_port_exact_is_told()
    {
        var report = Report("web", 9000, new PortRange(9000, 9010), Failures(SocketError.AccessDenied, 9000), new() { ["Ports:web:Port"] = "9000" });
        Assert.Contains("port 9000 on localhost was tried (exact by configuration key Ports:web:Port); ", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attribute_that_made_a_port_exact_is_not_worth_telling()
    {
        var report = Report("web", 9000, null, Failures(SocketError.AccessDenied, 9000));
        Assert.Contains("port 9000 on localhost was tried; ", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_status_has_the_short_form_and_the_log_the_long_one()
    {
        using var server = FreePorts.Occupy(FreePorts.Block(1).First);
        using var client = OtherSockets.Connect(server.LocalEndPoint!);
        var own = ((IPEndPoint)client.LocalEndPoint!).Port;
        var plan = Plans.Of(Manifests.Of(Manifests.Port("web", own)));
        var report = new ConflictReport([new MissedPort(plan.Ports[0], Failures(SocketError.AddressAlreadyInUse, own))], new PortHolderLookup(limit: TimeSpan.FromMinutes(1)));
        Assert.Equal("a connection of this process", report.HeldBy(plan.Ports[0], own));
        Assert.Null(report.HeldBy(plan.Ports[0], own + 1));
        var log = new TestLog();
        report.WarnOfPreferred(log);
        Assert.Equal(
            (LogLevel.Warning, 1, $"Port {own} of web on localhost is in use by a connection to {server.LocalEndPoint} of this process"),
            Assert.Single(log.Entries));
    }

    [Fact]
    public void Without_a_holder_it_says_so()
    {
        var plan = Plans.Of(Manifests.Of(Manifests.Port("web", 9000)));
        var report = new ConflictReport(
            [new MissedPort(plan.Ports[0], Failures(SocketError.AddressAlreadyInUse, 9000))], new PortHolderLookup(limit: TimeSpan.Zero));
        Assert.Contains("; 9000 in use by a process that could not be found. ", report.Failure, StringComparison.Ordinal);
        Assert.Null(report.HeldBy(plan.Ports[0], 9000));
    }

    [Fact]
    public async Task What_a_search_has_found_is_told_although_a_later_one_finds_nothing()
    {
        var port = FreePorts.Block(1).First;
        await using var other = AppProcess.Program(AppProcess.TestAppPath, "hold", $"{port}", "now");
        await other.WaitForAsync("holding");
        var (missed, lookup) = (Missed(port), new PortHolderLookup(limit: TimeSpan.FromMinutes(1)));
        Assert.Contains($"in use by PortGen.TestApp (pid {other.Id}, ", new ConflictReport([missed], lookup).Failure, StringComparison.Ordinal);

        // Descriptors can't be read here.
        RefusedCalls.Run(RefusedCall.ReadLink, 13, () =>
        {
            Assert.Contains("(not readable)", new ConflictReport([missed], new PortHolderLookup(limit: TimeSpan.FromMinutes(1))).Failure, StringComparison.Ordinal);
            Assert.Contains($"in use by PortGen.TestApp (pid {other.Id}, ", new ConflictReport([missed], lookup, isLast: true).Failure, StringComparison.Ordinal);
        });

        // Nor is it told once another has the port.
        other.Signal(15);
        await other.WaitForExitAsync();
        using var holder = FreePorts.Occupy(port);
        Assert.Contains("in use by this process", new ConflictReport([missed], lookup).Failure, StringComparison.Ordinal);
        RefusedCalls.Run(RefusedCall.ReadLink, 13, () =>
            Assert.Contains("in use by this process", new ConflictReport([missed], lookup, isLast: true).Failure, StringComparison.Ordinal));
    }

    [Fact]
    public void The_message_of_a_start_that_fails_may_take_longer_than_a_warning()
    {
        using var holder = FreePorts.Occupy(FreePorts.Block(1).First);
        var missed = Missed(((IPEndPoint)holder.LocalEndPoint!).Port);
        using var never = new ManualResetEventSlim();
        var searches = 0;
        var lookup = new PortHolderLookup(
            () =>
            {
                if (Interlocked.Increment(ref searches) == 1)
                {
                    never.Wait();
                }

                return [];
            },
            TimeSpan.FromSeconds(3));
        var log = new TestLog();
        new ConflictReport([missed], lookup).WarnOfPreferred(log);
        Assert.EndsWith($"in use by a process of user {Environment.UserName} (not found yet)", Assert.Single(log.Entries).Text, StringComparison.Ordinal);
        Assert.Contains("in use by this process", new ConflictReport([missed], lookup, isLast: true).Failure, StringComparison.Ordinal);
        never.Set();
    }

    private static MissedPort Missed(int port) =>
        new(Plans.Of(Manifests.Of(Manifests.Port("web", port))).Ports[0], Failures(SocketError.AddressAlreadyInUse, port));

    private static ConflictReport Report(
        string name, int port, PortRange? range, Dictionary<int, SocketException> failures, Dictionary<string, string?>? configuration = null)
    {
        // Numbers that no plan would have are put in afterwards.
        var plan = Plans.Of(Manifests.Of(Manifests.Port(name, range is null ? 9000 : port, range)), configuration ?? []);
        return new ConflictReport([new MissedPort(plan.Ports[0] with { Port = port }, failures)], new PortHolderLookup(limit: TimeSpan.FromMinutes(1)));
    }

    private static Dictionary<int, SocketException> Failures(SocketError error, params int[] numbers) =>
        numbers.ToDictionary(static n => n, _ => new SocketException((int)error));
}
