namespace PortGen.Tasks.Tests;

/// <summary>The rules over attributes that no analyzer has seen.</summary>
public sealed class DeclarationCheckerTests
{
    private static readonly DeclaredPort s_echo = new() { Name = "echo", Service = "echo", Type = "global::App.Outer.Echo", Port = 9101, Range = "9101-9110" };
    private static readonly DeclaredPort s_time = new() { Name = "time", Service = "time", Type = "global::App.Time", Port = 9111, Range = "9111-9120" };
    private static readonly DeclaredPort s_lib = s_echo with { Name = "lib", Service = "lib", Type = "global::Lib", Port = 9201, Range = null, Registration = "global::Lib.Exports.Lib" };

    [Fact]
    public void Sound_declarations_are_none_of_its_business() => Assert.Empty(DeclarationChecker.Check([s_echo, s_time]));

    [Fact]
    public void Every_rule_of_the_rulebook_is_applied_and_the_message_names_the_type()
    {
        AssertProblem("PG0003", "App.Outer.Echo: Range '9110-9101' of port 'echo' ends before it starts: write '9101-9110'", s_echo with { Range = "9110-9101" }, s_time);
        AssertProblem("PG0002", "App.Time: Port 80 of 'time' is outside 1024-65535: choose a port from 1024 to 65535", s_echo, s_time with { Port = 80, Range = null });
        AssertProblem("PG0006", "App.Time: Ports 'echo' and 'time' both prefer 9101: give one of them another preferred port", s_echo, s_time with { Port = 9101, Range = "9101-9120" });
        AssertProblem("PG0011", "App.Time: Port name 'Time' is not valid: ", s_echo, s_time with { Name = "Time", Service = "Time" });
        AssertProblem("PG0005", "App.Time: Port name 'echo' of App.Time is already the name of a port of App.Outer.Echo: ", s_echo, s_time with { Name = "echo", Service = "echo" });
        AssertProblem("PG0014", "App.Time: Services 'echo' and 'time' are both Primary", s_echo with { Primary = true }, s_time with { Primary = true });
        AssertProblem("PG0012", "App.Time: Port 9111 of 'time' is the only one allowed", s_echo, s_time with { Range = null });
        AssertProblem("PG0008", "App.Outer.Echo: Services depend on each other in a circle", s_echo with { DependsOn = ["global::App.Time"] }, s_time with { DependsOn = ["global::App.Outer.Echo", "global::System.String"] });
    }

    [Fact]
    public void Development_is_checked_too() =>
        AssertProblem("PG0006", "In Development: App.Time: Ports 'echo' and 'time' both prefer 19101: ", s_echo with { DevelopmentPort = 19101 }, s_time with { DevelopmentPort = 19101 });

    [Fact]
    public void A_library_by_itself_was_checked_where_it_was_built_and_one_beside_the_project_s_ports_counts()
    {
        Assert.Empty(DeclarationChecker.Check([s_lib, s_lib with { Name = "other", Service = "other" }, s_echo]));
        AssertProblem("PG0006", "App.Time: Ports 'lib' and 'time' both prefer 9201: ", s_lib, s_time with { Port = 9201, Range = "9201-9220" });
    }

    private static void AssertProblem(string id, string start, params DeclaredPort[] manifest)
    {
        var problem = Assert.Single(DeclarationChecker.Check(manifest), p => p.Rule.Id == id);
        Assert.StartsWith(start, problem.Message, StringComparison.Ordinal);
        Assert.Equal(("", 0, 0), (problem.File, problem.Line, problem.Column));
    }
}
