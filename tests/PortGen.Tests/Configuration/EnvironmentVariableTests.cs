using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

/// <summary>Variables are read by a real process: its environment is the thing.</summary>
public sealed class EnvironmentVariableTests
{
    [Theory]
    [InlineData("ECHO_PORT", "80", "PG0002", "environment variable ECHO_PORT")]
    [InlineData("ECHO_PORT", "abc", "PG2003", "environment variable ECHO_PORT")]
    [InlineData("ECHO_PORT_RANGE", "9110-9101", "PG0003", "environment variable ECHO_PORT_RANGE")]
    [InlineData("ECHO_PORT_RANGE_START", "9110", "PG2003", "ECHO_PORT_RANGE_END")]
    [InlineData("Ports__echo__Port", "80", "PG0002", "environment variable Ports__echo__Port")]
    public async Task A_bad_variable_ends_with_78_and_names_rule_value_and_variable(string name, string value, string id, string origin)
    {
        await using var app = AppProcess.HelloPorts(null, (name, value));
        Assert.Equal(78, await app.WaitForExitAsync());
        Assert.Contains(id, app.Errors, StringComparison.Ordinal);
        Assert.Contains(value, app.Errors, StringComparison.Ordinal);
        Assert.Contains(origin, app.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Errors + app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_beyond_the_bounds_is_quoted_as_written()
    {
        await using var app = AppProcess.HelloPorts(null, ("ECHO_PORT_RANGE", "60000-70000"));
        Assert.Equal(78, await app.WaitForExitAsync());
        Assert.Equal(
            "PG0002: Bound 70000 of range '60000-70000' of 'echo' is outside 1024-65535: choose a port from 1024 to 65535 (from environment variable ECHO_PORT_RANGE)",
            app.Errors.Trim());
    }

    [Fact]
    public async Task A_variable_PORTS_that_somebody_else_has_set_keeps_nothing_from_starting()
    {
        var ports = FreePorts.Block(3);
        await using var app = AppProcess.HelloPorts(
            null, ("PORTS", "8080,8081"), ("ECHO_PORT", $"{ports.First}"), ("TIME_PORT", $"{ports.First + 1}"), ("SHOUT_PORT", $"{ports.Last}"));
        await app.WaitForAsync("Application started");
        Assert.Contains("PG2003: 'Ports' is a section: write Ports:echo:Port; the value is ignored (from environment variable PORTS)", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Podman_it_listens_on_all_interfaces()
    {
        var ports = FreePorts.Block(3);
        await using var app = AppProcess.HelloPorts(
            null, ("container", "podman"), ("ECHO_PORT", $"{ports.First}"), ("TIME_PORT", $"{ports.First + 1}"), ("SHOUT_PORT", $"{ports.Last}"), ("Ports__DrainDelay", "0"));
        await app.WaitForAsync($"echo holds port {ports.First} ([::]:{ports.First})");
    }

    [Fact]
    public async Task Two_bad_variables_give_two_messages()
    {
        await using var app = AppProcess.HelloPorts(null, ("ECHO_PORT", "80"), ("TIME_PORT", "abc"));
        Assert.Equal(78, await app.WaitForExitAsync());
        Assert.Equal(2, app.Errors.Split('\n').Count(static l => l.StartsWith("PG", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_variable_moves_a_service_to_exactly_its_port()
    {
        var ports = FreePorts.Block(3);
        await using var app = AppProcess.HelloPorts(
            null, ("ECHO_PORT", $"{ports.First}"), ("TIME_PORT", $"{ports.First + 1}"), ("SHOUT_PORT", $"{ports.Last}"));
        await app.WaitForAsync($"echo serves on port {ports.First}");
        await app.WaitForAsync($"time serves on port {ports.First + 1}");
        await app.WaitForAsync($"shout serves on port {ports.Last}");
    }

    [Fact]
    public async Task The_section_s_key_beats_the_variable_and_the_command_line_beats_both()
    {
        var ports = FreePorts.Block(4);
        await using var app = AppProcess.HelloPorts(
            [$"--Ports:time:Port={ports.First + 2}"],
            ("ECHO_PORT", "9109"), ("Ports__echo__Port", $"{ports.First}"), ("Ports__time__Port", "9119"), ("SHOUT_PORT", $"{ports.Last}"));
        await app.WaitForAsync($"echo serves on port {ports.First}");
        await app.WaitForAsync($"time serves on port {ports.First + 2}");
    }

    [Fact]
    public async Task A_Kubernetes_service_link_is_ignored_and_PORT_without_a_primary_service_is_reported()
    {
        var ports = FreePorts.Block(30);
        await using var app = AppProcess.HelloPorts(
            null,
            ("ECHO_PORT", "tcp://10.0.0.11:9101"), ("PORT", "9105"),
            ("ECHO_PORT_RANGE", $"{ports.First}-{ports.First + 9}"),
            ("TIME_PORT_RANGE_START", $"{ports.First + 10}"), ("TIME_PORT_RANGE_END", $"{ports.First + 19}"),
            ("SHOUT_PORT", $"{ports.Last}"));
        await app.WaitForAsync($"echo serves on port {ports.First}");
        await app.WaitForAsync($"time serves on port {ports.First + 10}");
        Assert.Contains("PORT is ignored", app.Output, StringComparison.Ordinal);
    }
}
