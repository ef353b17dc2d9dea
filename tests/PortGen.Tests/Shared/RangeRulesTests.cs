using static PortGen.Tests.Shared.RuleReport;

namespace PortGen.Tests.Shared;

/// <summary>PG0001 to PG0004, each report in full.</summary>
public sealed class RangeRulesTests
{
    [Theory]
    [InlineData("8080 - 8089", " => Range 8080-8089")]
    [InlineData("8099..8090", " => Range 8090-8099")]
    [InlineData("port 8080", " => Range 8080")]
    [InlineData("1024/65535", " => Range 1024-65535")]
    [InlineData("8080-8085-8089", "")]
    [InlineData("80 - 8080", "")]
    [InlineData("some ports", "")]
    public void PG0001_guesses_what_was_meant_where_one_or_two_ports_can_be_made_out(string range, string cure) => Assert.Equal(
        [$"PG0001 0 Range: Range '{range}' of port 'web' is not a port range: write 'first-last' in digits, such as '8080-8089', or a single port{cure}"],
        Of(Spec("web", 0, range)));

    [Theory]
    [InlineData("1000-2000", "1000", "1024-2000")]
    [InlineData("30000-70000", "70000", "30000-65535")]
    [InlineData("80-80", "80", "1024")]
    public void PG0002_moves_a_bound_to_the_nearest_port(string range, string bound, string cure) => Assert.Equal(
        [$"PG0002 0 Range: Bound {bound} of range '{range}' of 'web' is outside 1024-65535: choose a port from 1024 to 65535 => Range {cure}"],
        Of(Spec("web", 0, range)));

    [Fact]
    public void Each_bound_and_the_order_are_reported_by_themselves() => Assert.Equal(
        [
            "PG0002 0 Range: Bound 70000 of range '70000-80' of 'web' is outside 1024-65535: choose a port from 1024 to 65535 => Range 1024-65535",
            "PG0002 0 Range: Bound 80 of range '70000-80' of 'web' is outside 1024-65535: choose a port from 1024 to 65535 => Range 1024-65535",
            "PG0003 0 Range: Range '70000-80' of port 'web' ends before it starts: write '80-70000' => Range 80-70000",
        ],
        Of(Spec("web", 0, "70000-80")));

    [Theory]
    [InlineData(80, 1024)]
    [InlineData(-1, 1024)]
    [InlineData(70000, 65535)]
    public void PG0002_moves_a_preferred_port_to_the_nearest(int port, int cure) => Assert.Equal(
        [$"PG0002 0 Port: Port {port} of 'web' is outside 1024-65535: choose a port from 1024 to 65535 => Port {cure}"],
        Of(Spec("web", port)));

    [Theory]
    [InlineData(8095, " => Port 8090 => Range 8080-8095")]
    [InlineData(8070, " => Port 8080 => Range 8070-8090")]
    public void PG0004_moves_the_port_or_widens_the_range(int port, string cures) => Assert.Equal(
        [$"PG0004 0 Port: Preferred port {port} of 'web' is outside its range 8080-8090: move the port into the range or widen the range{cures}"],
        Of(Spec("web", port, "8080-8090")));
}
