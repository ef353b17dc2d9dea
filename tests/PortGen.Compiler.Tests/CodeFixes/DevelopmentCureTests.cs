namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>What the rules propose holds in the Development environment too, where a port may prefer another number.</summary>
public sealed class DevelopmentCureTests
{
    [Fact]
    public async Task A_number_that_is_wrong_in_Development_is_mended_there() => Assert.Equal(
        Lines("Port = 2001, DevelopmentPort = 1024"), await FixedSource.OfAsync("PG0002", Lines("Port = 2001, DevelopmentPort = 80")));

    [Fact]
    public async Task Of_two_that_prefer_one_number_in_Development_the_second_gets_the_next() => Assert.Equal(
        Lines("Port = 2001, DevelopmentPort = 19300", "Port = 2002, DevelopmentPort = 19301"),
        await FixedSource.OfAsync("PG0006", Lines("Port = 2001, DevelopmentPort = 19300", "Port = 2002, DevelopmentPort = 19300")));

    [Fact]
    public async Task A_number_that_is_taken_outside_of_Development_is_passed_over() => Assert.Equal(
        Lines("Port = 1024, DevelopmentPort = 3001", "Port = 2001, DevelopmentPort = 1025"),
        await FixedSource.OfAsync("PG0002", Lines("Port = 1024, DevelopmentPort = 3001", "Port = 2001, DevelopmentPort = 80")));

    [Fact]
    public async Task A_number_that_is_proposed_outside_of_Development_is_passed_over()
    {
        var source = Lines("Port = 80, DevelopmentPort = 3001", "Port = 2001, DevelopmentPort = 80");
        Assert.Equal([Lines("Port = 80, DevelopmentPort = 3001", "Port = 2001, DevelopmentPort = 1025")], await FixedSource.OfAsync("PG0002", "DevelopmentPort", source));
        Assert.Equal([Lines("Port = 1024, DevelopmentPort = 3001", "Port = 2001, DevelopmentPort = 80")], await FixedSource.OfAsync("PG0002", "Port", source));
    }

    [Fact]
    public async Task A_collision_with_another_s_usual_number_proposes_nothing()
    {
        var project = await FixedProject.OpenAsync(Lines("Port = 2001, DevelopmentPort = 2008", "Port = 2008"));
        Assert.Equal(("S0", "DevelopmentPort"), Assert.Single(project.Reports.Where(static r => r.Id == "PG0006").Select(static r => (r.Class, r.Argument))));
        Assert.DoesNotContain(await project.OffersAsync(), static o => o.Report.Id == "PG0006");
    }

    [Fact]
    public async Task A_collision_of_ports_without_a_number_for_Development_is_reported_once()
    {
        // In Development the third collides with the second instead of the first.
        var project = await FixedProject.OpenAsync(Lines("Port = 8080, DevelopmentPort = 3001", "Port = 8080", "Port = 8080"));
        Assert.Equal([("S1", "Port"), ("S2", "Port")], project.Reports.Where(static r => r.IsError).Select(static r => (r.Class, r.Argument)));
    }

    [Fact]
    public async Task What_is_wrong_everywhere_is_reported_once()
    {
        var project = await FixedProject.OpenAsync(Lines("Range = \"junk\", DevelopmentPort = 3001", "Range = \"more junk\", DevelopmentPort = 3002"));
        Assert.Equal([("S0", "Range"), ("S1", "Range")], project.Reports.Where(static r => r.IsError).Select(static r => (r.Class, r.Argument)));
    }

    [Fact]
    public async Task A_range_that_serves_nobody_in_Development_is_not_proposed() => Assert.Empty(
        await FixedSource.OffersAsync("PG0001", Lines("Port = 2001, Range = \"2001-2002\", DevelopmentPort = 8080", "Range = \"8080\"", "Range = \"8081 - 8081\"")));

    [Fact]
    public async Task Nor_is_one_that_serves_nobody_together_with_the_others_of_a_fix_all()
    {
        var source = Lines("Port = 2001, Range = \"2001-2002\", DevelopmentPort = 8080", "Range = \"8080 - 8080\"", "Range = \"8081 - 8081\"");
        var project = await FixedProject.OpenAsync(source);
        Assert.Equal("S1", Assert.Single((await project.OffersAsync()).Where(static o => o.Report.Id == "PG0001").Select(static o => o.Report.Class)));
        Assert.Equal(source.Replace("8080 - 8080", "8080"), await FixedSource.OfAsync("PG0001", source));
    }

    [Fact]
    public async Task A_name_has_no_part_in_it() => Assert.Equal(
        ["Name"], await FixedSource.OffersAsync("PG0011", "[PortGen.PortService(\"Web\", Port = 8080, DevelopmentPort = 3001)] public sealed class A : Base;"));

    private static string Lines(params string[] arguments) => string.Concat(
        arguments.Select(static (a, i) => $"[PortGen.PortService(\"s{i}\", {a})] public sealed class S{i} : Base;\n"));
}
