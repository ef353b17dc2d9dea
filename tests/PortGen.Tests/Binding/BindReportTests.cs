using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>What is counted, logged and shown of ports that are bound.</summary>
public sealed class BindReportTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_port_of_whatever_range_is_tried_once_and_logged_with_its_addresses(bool hasRange)
    {
        var range = FreePorts.Block(2);
        using var bound = BindAttempt.Of(Manifests.Port("web", hasRange ? range.First : 0, hasRange ? range : null));
        var lease = bound.Leases!["web"];
        var addresses = string.Join(", ", lease.EndPoints);
        Assert.Equal([(4, $"web holds port {lease.Port} ({addresses})")], bound.Log.Entries.Where(static e => e.Id < 20).Select(static e => (e.Id, e.Text)));
        Assert.Equal($"web on {addresses}", lease.ToString());
        Assert.Contains($"127.0.0.1:{lease.Port}, ", addresses + ", ", StringComparison.Ordinal);
        var status = bound.Registry.GetPort("web");
        Assert.Equal((1, PortState.Bound, lease.Port, false), (status.BindAttempts, status.State, status.Port!.Value, status.IsFallback));
    }

    [Fact]
    public void A_range_without_a_preferred_port_knows_no_fallback()
    {
        var range = FreePorts.Block(3);
        using var other = FreePorts.Occupy(range.First);
        using var bound = BindAttempt.Of(Manifests.Port("web", 0, range));
        Assert.DoesNotContain(bound.Log.Entries, static e => e.Id == 3);
        Assert.NotEqual(range.First, bound.Leases!["web"].Port);
    }

    [Fact]
    public void Two_ports_that_the_system_chooses_are_two()
    {
        using var bound = BindAttempt.Of(Manifests.Port("web", 0), Manifests.Port("api", 0));
        Assert.NotEqual(bound.Leases!["web"].Port, bound.Leases["api"].Port);
        Assert.All(bound.Leases.Values, static l => Assert.False(FreePorts.IsFree(l.Port)));
    }

    [Theory]
    [InlineData("*", "http://localhost:80")]
    [InlineData("0.0.0.0", "http://localhost:80")]
    [InlineData("::", "http://localhost:80")]
    [InlineData("::1", "http://[::1]:80")]
    [InlineData("localhost", "http://localhost:80")]
    [InlineData("192.168.1.7", "http://192.168.1.7:80")]
    public void An_address_for_people_has_a_host_that_a_browser_can_reach(string host, string url) => Assert.Equal(url, PortUrl.Of("http", host, 80));
}
