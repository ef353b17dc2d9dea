namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>A diagnostic's proposals are set whatever the rule: numbers and texts, in the place of a value or as a new argument.</summary>
public sealed class ProposedArgumentTests
{
    [Theory]
    [InlineData("PG0002", "DevelopmentPort", "5080", "DevelopmentPort = 80, Port = 8080", "DevelopmentPort = 5080, Port = 8080")]
    [InlineData("PG0006", "DevelopmentPort", "5080", "Port = 8080, Host = \"*\"", "Port = 8080, DevelopmentPort = 5080, Host = \"*\"")]
    [InlineData("PG0016", "Host", "*", "Host = \"all\"", "Host = \"*\"")]
    [InlineData("PG0017", "HealthPath", "/health", "HealthPath = @\"health\", Port = 8080", "HealthPath = \"/health\", Port = 8080")]
    [InlineData("PG0017", "HealthPath", "/a\"b\\c", "HealthPath = \"x\"", "HealthPath = \"/a\\\"b\\\\c\"")]
    [InlineData("PG0012", "Range", "8080-8089", "Required = false", "Required = false, Range = \"8080-8089\"")]
    public async Task It_becomes_the_argument_s_value(string id, string argument, string value, string written, string @fixed)
    {
        var project = await FixedProject.OpenAsync($"[PortGen.PortService(\"a\", {written})] public sealed class A : Base;");
        var offer = Assert.Single(await project.OffersAsync(id, argument, value));
        Assert.Equal(argument, offer.Key);
        var after = await project.ApplyAsync(offer);
        Assert.Equal($"[PortGen.PortService(\"a\", {@fixed})] public sealed class A : Base;", Assert.Single(after.Texts));
        Assert.Empty(after.CompilerErrors);
    }

    [Fact]
    public async Task Where_no_name_is_written_yet_none_is_put_in()
    {
        var project = await FixedProject.OpenAsync("[PortGen.PortService(Port = 8080)] public sealed class A : Base;");
        Assert.Empty(await project.OffersAsync("PG0011", "Name", "a"));
    }

    [Theory]
    [InlineData("PG0006", "DependsOn", "typeof(A)")]
    [InlineData("PG0013", "Port", "5080")]
    public async Task Nothing_else_is_offered(string id, string argument, string value)
    {
        var project = await FixedProject.OpenAsync("[PortGen.PortService(\"a\", Port = 8080)] public sealed class A : Base;");
        Assert.Empty(await project.OffersAsync(id, argument, value));
    }
}
