namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>What the rules propose breaks no other rule, alone and all at once. <see cref="FixedSource.Check"/> looks for new errors each time.</summary>
public sealed class CureTests
{
    [Fact]
    public async Task PG0002_two_ports_below_the_bounds_get_two_numbers() =>
        Assert.Equal(Lines("Port = 1024", "Port = 1025"), await FixedSource.OfAllAsync("PG0002", "Port", Lines("Port = 80", "Port = 81")));

    [Fact]
    public async Task PG0002_a_port_moves_into_its_range() =>
        Assert.Equal(Lines("Port = 8080, Range = \"8080-8089\""), await FixedSource.OfAsync("PG0002", Lines("Port = 80, Range = \"8080-8089\"")));

    [Fact]
    public async Task PG0002_two_bounds_of_one_range_are_mended_at_once() => Assert.Equal(
        Lines("Range = \"1024-65535\"", "Range = \"1024-2000\""), await FixedSource.OfAllAsync("PG0002", "Range", Lines("Range = \"80-70000\"", "Range = \"81-2000\"")));

    [Fact]
    public async Task PG0004_two_ports_move_to_two_numbers() => Assert.Equal(
        Lines("Port = 8080, Range = \"8080-8089\"", "Port = 8081, Range = \"8080-8089\"", "Port = 8082, Range = \"8080-8089\""),
        await FixedSource.OfAllAsync("PG0004", "Port", Lines("Port = 8080, Range = \"8080-8089\"", "Port = 8070, Range = \"8080-8089\"", "Port = 8071, Range = \"8080-8089\"")));

    [Fact]
    public async Task PG0004_a_port_that_can_t_be_changed_keeps_its_range_when_all_ports_move() => Assert.Equal(
        Lines("Port = 8080, Range = \"8080-8089\"", "Port = S0.P, Range = \"8080-8089\""),
        (await FixedSource.OfAllAsync("PG0004", "Port", Microsoft.CodeAnalysis.CodeFixes.FixAllScope.Document, Lines("Port = 8070, Range = \"8080-8089\"", "Port = S0.P, Range = \"8080-8089\"")))[0]);

    [Fact]
    public async Task PG0004_a_constant_offers_its_range_only() => Assert.Equal(
        ["Range"], await FixedSource.OffersAsync("PG0004", Lines("Port = S0.P, Range = \"8080-8089\"")));

    [Fact]
    public async Task PG0004_a_full_range_offers_no_port() => Assert.Equal(
        ["Range"], await FixedSource.OffersAsync("PG0004", Lines("Port = 8080, Range = \"8080\"", "Port = 8070, Range = \"8080\"")));

    [Fact]
    public async Task PG0004_and_PG0006_do_not_propose_the_same_number()
    {
        var source = Lines("Port = 8080", "Port = 8080", "Port = 8070, Range = \"8081-8089\"");
        var project = await FixedProject.OpenAsync(source);
        foreach (var id in new[] { "PG0004", "PG0006" })
        {
            project = await project.ApplyAsync((await project.OffersAsync()).First(o => o.Report.Id == id));
        }

        Assert.DoesNotContain(project.Reports, static r => r.IsError);
    }

    [Fact]
    public async Task PG0006_no_port_where_the_range_can_t_serve_all() => Assert.Empty(await FixedSource.OffersAsync(
        "PG0006", Lines("Port = 8080, Range = \"8080-8081\"", "Range = \"8080-8081\"", "Port = 8080, Range = \"8080-8081\"")));

    [Fact]
    public async Task PG0006_a_number_that_is_another_port_s_only_one_is_passed_over() => Assert.Equal(
        Lines("Port = 8080", "Range = \"8081\"", "Port = 8082"), await FixedSource.OfAsync("PG0006", Lines("Port = 8080", "Range = \"8081\"", "Port = 8080")));

    [Fact]
    public async Task PG0006_a_number_is_free_of_warnings_where_one_is() => Assert.Equal(
        Lines("Port = 5431", "Port = 5433", "Port = 32767", "Port = 32766"),
        await FixedSource.OfAllAsync("PG0006", "Port", Lines("Port = 5431", "Port = 5431", "Port = 32767", "Port = 32767")));

    [Fact]
    public async Task PG0004_a_number_that_leaves_another_port_without_one_is_not_proposed() => Assert.Equal(
        ["Range"], await FixedSource.OffersAsync("PG0004", Lines("Port = 8080, Range = \"1024-1025\"", "Port = 8080", "Range = \"8080\"")));

    [Theory]
    [InlineData("PG0001", "8080 - 8089", "8080-9000")]
    [InlineData("PG0002", "1000-2000", "1024-9000")]
    [InlineData("PG0003", "9110-9101", "9000-9110")]
    public async Task A_range_holds_the_port(string id, string range, string @fixed) => Assert.Equal(
        Lines($"Port = 9000, Range = \"{@fixed}\""), await FixedSource.OfAsync(id, Lines($"Port = 9000, Range = \"{range}\"")));

    [Theory]
    [InlineData("PG0001", "8080 - 8081")]
    [InlineData("PG0003", "8081-8080")]
    public async Task No_range_where_it_could_not_serve_all(string id, string range)
    {
        Assert.Empty(await FixedSource.OffersAsync(id, Lines("Range = \"8080-8081\"", "Range = \"8080-8081\"", $"Range = \"{range}\"")));

        // Of two alike the first one may have it.
        Assert.Single(await FixedSource.OffersAsync(id, Lines("Range = \"8080-8081\"", $"Range = \"{range}\"", $"Range = \"{range}\"")));
    }

    [Fact]
    public async Task PG0012_fallbacks_stay_below_the_ephemeral_range()
    {
        var project = await FixedProject.OpenAsync(Lines("Port = 32767"));
        var after = await project.ApplyAsync(Assert.Single(await project.OffersAsync()));
        Assert.Equal(Lines("Port = 32767, Range = \"32758-32767\""), Assert.Single(after.Texts));
        Assert.Empty(after.Reports);
    }

    private static string Lines(params string[] arguments) => string.Concat(
        arguments.Select(static (a, i) => $"[PortGen.PortService(\"s{i}\", {a})] public sealed class S{i} : Base {{ public const int P = 8075; }}\n"));
}
