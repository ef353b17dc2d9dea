using Microsoft.CodeAnalysis.CodeFixes;

namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>What the menu says of an offer, and how far fix-all goes.</summary>
public sealed class OfferTests
{
    private const string Abstract = "[PortGen.PortService(\"a\")] abstract class A : Base;";

    [Theory]
    [InlineData("[PortGen.PortService(\"Web\")] class A : Base;", "PG0011", "Rename the port to \"web\"")]
    [InlineData("[PortGen.PortService(\"a\", Port = 80)] class A : Base;", "PG0002", "Set Port to 1024")]
    [InlineData("[PortGen.PortService(\"a\", Port = 8091, Range = \"8080-8090\")] class A : Base;", "PG0004", "Set Port to 8090", "Set Range to 8080-8091")]
    [InlineData("[PortGen.PortService(\"a\")] static class A;", "PG1001", "Make the class not static")]
    [InlineData(Abstract, "PG1001", "Make the class not abstract")]
    [InlineData("[PortGen.PortService(\"a\")] class A;", "PG1005", "Implement IPortService")]
    public async Task The_title_says_what_changes(string source, string id, params string[] titles)
    {
        var project = await FixedProject.OpenAsync(source);
        Assert.Equal(titles, (await project.OffersAsync()).Where(o => o.Report.Id == id).Select(static o => o.Action.Title));
    }

    [Fact]
    public async Task Fix_all_names_the_rule_and_is_one_action_in_the_menu()
    {
        var project = await FixedProject.OpenAsync(Abstract);
        var offer = Assert.Single(await project.OffersAsync());
        var action = await project.FindFixAllAsync(offer, FixAllScope.Project);
        Assert.Equal(("Fix all PG1001", "abstract"), (action?.Title, action?.EquivalenceKey));
    }

    [Fact]
    public async Task Where_nothing_of_the_kind_is_offered_there_is_no_fix_all()
    {
        var project = await FixedProject.OpenAsync(Abstract);
        var offer = Assert.Single(await project.OffersAsync());
        Assert.Null(await project.FindFixAllAsync(offer with { Key = "static" }, FixAllScope.Project));
    }

    [Theory]
    [InlineData(FixAllScope.Document, "class", "abstract class", "abstract class")]
    [InlineData(FixAllScope.Project, "class", "class", "abstract class")]
    [InlineData(FixAllScope.Solution, "class", "class", "class")]
    public async Task Fix_all_goes_as_far_as_its_scope(FixAllScope scope, params string[] left)
    {
        string[] sources = [Abstract, Abstract.Replace("a\")", "b\")").Replace("A :", "B :")];
        var project = await FixedProject.OpenAsync(sources);
        var after = await project.FixAllBesideAsync(Abstract, (await project.OffersAsync())[0], scope);
        Assert.Equal([.. sources.Append(Abstract).Select((s, i) => s.Replace("abstract class", left[i]))], after);
    }
}
