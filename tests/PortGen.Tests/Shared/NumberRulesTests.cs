using static PortGen.Tests.Shared.RuleReport;

namespace PortGen.Tests.Shared;

/// <summary>PG0006, PG0007, PG0009, PG0010, PG0012 to PG0014, each report in full.</summary>
public sealed class NumberRulesTests
{
    [Fact]
    public void PG0009_begins_at_32768()
    {
        Assert.Empty(Of(Spec("web", 0, "32000-32767")));
        Assert.Equal(
            ["PG0009 0 Range: Ports 32000-32768 of 'web' reach into the ephemeral range, where an outgoing connection may take one first (Linux 32768-60999; Windows and macOS 49152-65535): choose ports below 32768"],
            Of(Spec("web", 0, "32000-32768")));
        Assert.StartsWith("PG0009 0 Port: Ports 40000 of 'web'", Of(Spec("web", 40000))[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6000, "5990-6010", "PG0010 0 Port: Browsers refuse to open port 6000")]
    [InlineData(5995, "5990-6010", "PG0010 0 Range: Browsers refuse to open port 6000")]
    [InlineData(6667, "5990-6700", "PG0010 0 Port: Browsers refuse to open port 6667")]
    [InlineData(10080, "10080-10081", "PG0010 0 Port: Browsers refuse to open port 10080")]
    public void PG0010_is_about_the_preferred_port_before_the_others(int port, string range, string report)
    {
        Assert.Equal(
            [report + " of 'web', so they can't show its health path: choose another port"],
            Of(Spec("web", port, range) with { HealthPath = "/health" }));
        Assert.Empty(Of(Spec("web", port, range)));
    }

    [Fact]
    public void A_health_path_on_a_good_port_is_no_mistake() => Assert.Empty(Of(Spec("web", 0, "8080-8089") with { HealthPath = "/health" }));

    [Fact]
    public void Ports_are_reported_in_their_order() => Assert.Equal(
        ["PG0013 0 Port", "PG0013 1 Port", "PG0013 2 Port"],
        Of(Spec("a", 9200, "9200-9201"), Spec("b", 5432, "5432-5433"), Spec("c", 6379, "6379-6380")).Select(static r => r.Split(':')[0]));

    [Theory]
    [InlineData(8080, "8080-8089")]
    [InlineData(32750, "32750-32759")]
    [InlineData(65535, "65526-65535")]
    [InlineData(65526, "65526-65535")]
    [InlineData(65525, "65525-65534")]
    public void PG0012_proposes_a_range_of_ten(int port, string cure)
    {
        var message = $"Port {port} of 'web' is the only one allowed, so the service can't start while another program has it: give it a range such as '{cure}' => Range {cure}";
        Assert.Equal("PG0012 0 Port: " + message, Of(Spec("web", port))[^1]);
        Assert.Equal("PG0012 0 Range: " + message, Of(Spec("web", port, $"{port}"))[^1]);
    }

    [Theory]
    [InlineData(1433, "SQL Server")]
    [InlineData(1521, "Oracle Database")]
    [InlineData(1883, "MQTT brokers")]
    [InlineData(2375, "Docker")]
    [InlineData(2376, "Docker")]
    [InlineData(3306, "MySQL and MariaDB")]
    [InlineData(3389, "Remote Desktop")]
    [InlineData(5000, "AirPlay on macOS")]
    [InlineData(5432, "PostgreSQL")]
    [InlineData(5672, "RabbitMQ")]
    [InlineData(5900, "VNC and Screen Sharing on macOS")]
    [InlineData(6379, "Redis")]
    [InlineData(7000, "AirPlay on macOS")]
    [InlineData(9092, "Kafka")]
    [InlineData(9200, "Elasticsearch")]
    [InlineData(11211, "memcached")]
    [InlineData(15672, "RabbitMQ's management")]
    [InlineData(27017, "MongoDB")]
    public void PG0013_names_the_program(int port, string program) => Assert.Equal(
        [$"PG0013 0 Port: Port {port} of 'web' is the default of {program}, which many development machines run: choose another port"],
        Of(Spec("web", port, $"{port}-{port + 1}")));

    [Fact]
    public void PG0006_proposes_the_next_number_that_nobody_prefers_or_is_proposed() => Assert.Equal(
        [
            "PG0006 2 Port with 0: Ports 'a' and 'c' both prefer 8080: give one of them another preferred port => Port 8082",
            "PG0006 3 Port with 0: Ports 'a' and 'd' both prefer 8080: give one of them another preferred port => Port 8083",
        ],
        ErrorsOf(Spec("a", 8080), Spec("b", 8081), Spec("c", 8080), Spec("d", 8080)));

    [Theory]
    [InlineData(8089, "8080-8089", " => Port 8080")]
    [InlineData(8088, "8080-8089", " => Port 8089")]
    [InlineData(8080, "8080", "")]
    [InlineData(8081, "8080-8081", " => Port 8080")]
    [InlineData(65535, null, " => Port 1024")]
    public void PG0006_looks_on_from_the_start_of_the_range(int port, string? range, string cure) => Assert.Equal(
        [$"PG0006 1 Port with 0: Ports 'a' and 'b' both prefer {port}: give one of them another preferred port{cure}"],
        ErrorsOf(Spec("a", port), Spec("b", port, range)));

    [Fact]
    public void PG0006_proposes_a_port_inside_the_range_for_one_that_lies_before_it() =>
        Assert.EndsWith("another preferred port => Port 8080", ErrorsOf(Spec("a", 8075), Spec("b", 8075, "8080-8089"))[^1], StringComparison.Ordinal);

    [Fact]
    public void PG0007_names_the_ports_and_the_numbers_they_share() => Assert.Equal(
        ["PG0007 3 Range with 0+2: Ports 'a', 'c', 'd' need 3 numbers, but their ranges share only 8080-8081: widen or move a range"],
        Of(Spec("a", 0, "8080-8081"), Spec("b", 0, "8090-8099"), Spec("c", 0, "8080-8081"), Spec("d", 0, "8080-8081"), Spec("e")));

    [Fact]
    public void PG0007_goes_on_until_the_rest_can_be_served() => Assert.Equal(
        [
            "PG0007 1 Range with 0: Ports 'a', 'b' need 2 numbers, but their ranges share only 8080: widen or move a range",
            "PG0007 2 Range with 0: Ports 'a', 'c' need 2 numbers, but their ranges share only 8080: widen or move a range",
        ],
        ErrorsOf(Spec("a", 0, "8080"), Spec("b", 0, "8080"), Spec("c", 0, "8080")));

    [Fact]
    public void PG0007_points_at_a_port_that_has_no_range() => Assert.Equal(
        ["PG0007 1 Port with 0: Ports 'a', 'b' need 2 numbers, but their ranges share only 8080: widen or move a range"],
        ErrorsOf(Spec("a", 0, "8080"), Spec("b", 8080)));

    [Fact]
    public void A_port_that_is_wrong_by_itself_is_reported_once()
    {
        Assert.Equal(["PG0002"], Ids(Spec("a", 0, "8080"), Spec("b", 80, "8080")));
        Assert.Equal(["PG0006"], Ids(Spec("a", 8080), Spec("b", 8080)));
        Assert.Equal(["PG0011", "PG0007"], Ids(Spec("a", 0, "8080"), Spec("B", 0, "8080")));
        Assert.Empty(Of(Spec("a") with { HealthPath = "/" }));
    }

    [Fact]
    public void PG0014_names_the_first_primary_with_each_other_one() => Assert.Equal(
        [
            "PG0014 2 Primary with 1: Services 'b' and 'c' are both Primary, so PORT would mean both: keep one",
            "PG0014 4 Primary with 1: Services 'b' and 'e' are both Primary, so PORT would mean both: keep one",
        ],
        Of(Spec("a"), Spec("b") with { Primary = true }, Spec("c") with { Primary = true }, Spec("d"), Spec("e") with { Primary = true }));

    [Fact]
    public void PG0014_counts_the_very_first_too() => Assert.Equal(
        ["PG0014 1 Primary with 0: Services 'a' and 'b' are both Primary, so PORT would mean both: keep one"],
        Of(Spec("a") with { Primary = true }, Spec("b") with { Primary = true }));

    private static string[] Ids(params PortSpec[] ports) => [.. ErrorsOf(ports).Select(static r => r[..6])];
}
