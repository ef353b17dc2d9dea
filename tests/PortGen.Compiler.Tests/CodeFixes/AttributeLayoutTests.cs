namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>Setting an argument of an attribute changes this argument and nothing else.</summary>
public sealed class AttributeLayoutTests
{
    [Theory]
    [InlineData("-1", "1024")]
    [InlineData("0x50", "1024")]
    [InlineData("1_0", "1024")]
    [InlineData("(80)", "(1024)")]
    [InlineData("((80))", "((1024))")]
    [InlineData("checked(80)", "checked(1024)")]
    [InlineData("(int)80", "(int)1024")]
    [InlineData("(short)80", "1024")]
    [InlineData("8 * 10", "1024")]
    [InlineData("/* before */ 80 /* after */", "/* before */ 1024 /* after */")]
    [InlineData("(/* before */ 80 /* after */)", "(/* before */ 1024 /* after */)")]
    [InlineData("\n    // before\n    80 // after\n    ", "\n    // before\n    1024 // after\n    ")]
    public async Task A_number_is_replaced_where_it_stands(string written, string @fixed) => Assert.Equal(
        $"[PortGen.PortService(\"a\", Port = {@fixed})] public sealed class A : Base;",
        await FixedSource.OfAsync("PG0002", $"[PortGen.PortService(\"a\", Port = {written})] public sealed class A : Base;"));

    [Theory]
    [InlineData("80 /* a comment within */ + 1")]
    [InlineData("-/* a comment within */80")]
    [InlineData("P")]
    [InlineData("A.P")]
    [InlineData("(A.P)")]
    [InlineData("A.P + 1")]
    public async Task A_value_that_is_used_elsewhere_or_has_a_comment_within_is_left_alone(string written) => Assert.Empty(
        await FixedSource.OffersAsync("PG0002", $"[PortGen.PortService(\"a\", Port = {written})] public sealed class A : Base {{ private const int P = 80; }}"));

    [Theory]
    [InlineData("\"8080 - 8089\"")]
    [InlineData("@\"8080 - 8089\"")]
    [InlineData("\"\"\"8080 - 8089\"\"\"")]
    [InlineData("\"8080 \" + \"- 8089\"")]
    [InlineData("$\"8080 - 8089\"")]
    public async Task A_text_is_replaced_however_it_is_written(string written) => Assert.Equal(
        "[PortGen.PortService(\"a\", Range = \"8080-8089\")] public sealed class A : Base;",
        await FixedSource.OfAsync("PG0001", $"[PortGen.PortService(\"a\", Range = {written})] public sealed class A : Base;"));

    [Theory]
    [InlineData("[PortGen.PortService(name: \"Web\")]", "[PortGen.PortService(name: \"web\")]")]
    [InlineData("[PortGen.PortServiceAttribute(\"Web\")]", "[PortGen.PortServiceAttribute(\"web\")]")]
    [InlineData("[type: PortGen.PortService(\"Web\")]", "[type: PortGen.PortService(\"web\")]")]
    [InlineData("[System.Obsolete, PortGen.PortService ( \"Web\" , @Port=8080 ),System.Serializable]", "[System.Obsolete, PortGen.PortService ( \"web\" , @Port=8080 ),System.Serializable]")]
    [InlineData("// above\n  [PortGen.PortService(/* a */ \"Web\" /* b */)] // behind\n// below\n", "// above\n  [PortGen.PortService(/* a */ \"web\" /* b */)] // behind\n// below\n")]
    [InlineData("[\r\n\tPortGen.PortService\r\n\t(\r\n\t\t\"Web\"\r\n\t)\r\n]\r\n", "[\r\n\tPortGen.PortService\r\n\t(\r\n\t\t\"web\"\r\n\t)\r\n]\r\n")]
    public async Task A_name_is_replaced_however_the_attribute_is_written(string written, string @fixed) => Assert.Equal(
        @fixed + " public   sealed class A:Base ; // the end",
        await FixedSource.OfAsync("PG0011", written + " public   sealed class A:Base ; // the end"));

    [Theory]
    [InlineData("(\"a\", Port = 8080)", "(\"a\", Port = 8080, Range = \"8080-8089\")")]
    [InlineData("(\"a\", Port = 8080 /* c */)", "(\"a\", Port = 8080 /* c */, Range = \"8080-8089\")")]
    [InlineData("(\"a\", Port = 8080, Host = \"*\")", "(\"a\", Port = 8080, Range = \"8080-8089\", Host = \"*\")")]
    [InlineData("(\"a\", Port = 8080 // c\n    )", "(\"a\", Port = 8080, Range = \"8080-8089\" // c\n    )")]
    [InlineData("(\n    \"a\",\n    Port = 8080)", "(\n    \"a\",\n    Port = 8080,\n    Range = \"8080-8089\")")]
    [InlineData("(\r\n\t\"a\",\r\n\tPort = 8080)", "(\r\n\t\"a\",\r\n\tPort = 8080,\r\n\tRange = \"8080-8089\")")]
    [InlineData("(\n  \"a\",\n  Port = 8080, // c\n  Host = \"*\")", "(\n  \"a\",\n  Port = 8080, // c\n  Range = \"8080-8089\",\n  Host = \"*\")")]
    [InlineData("(\n  \"a\",\n  Port = 8080 // c\n)", "(\n  \"a\",\n  Port = 8080, // c\n  Range = \"8080-8089\"\n)")]
    [InlineData("(\n  \"a\",\n  Port = 8080, Host = \"*\")", "(\n  \"a\",\n  Port = 8080, Range = \"8080-8089\", Host = \"*\")")]
    [InlineData("(\n    \"a\"\n    , Port = 8080 // c\n    , Host = \"*\")", "(\n    \"a\"\n    , Port = 8080 // c\n    , Range = \"8080-8089\"\n    , Host = \"*\")")]
    [InlineData("(\n    \"a\"\n    ,  Port = 8080\n    )", "(\n    \"a\"\n    ,  Port = 8080\n    ,  Range = \"8080-8089\"\n    )")]
    [InlineData("(\n    \"a\"\n    , Port = 8080)", "(\n    \"a\"\n    , Port = 8080\n    , Range = \"8080-8089\")")]
    [InlineData("(\n    \"a\"\n    ,\n    Port = 8080)", "(\n    \"a\"\n    ,\n    Port = 8080\n    , Range = \"8080-8089\")")]
    [InlineData("(\"a\"\n,  Port = 8080)", "(\"a\"\n,  Port = 8080\n,  Range = \"8080-8089\")")]
    [InlineData("(\"a\", Port = 8080, Range = null)", "(\"a\", Port = 8080, Range = \"8080-8089\")")]
    public async Task A_new_argument_is_laid_out_as_the_others(string written, string @fixed) => Assert.Equal(
        $"[PortGen.PortService{@fixed}]\npublic sealed class A : Base;",
        await FixedSource.OfAsync("PG0012", $"[PortGen.PortService{written}]\npublic sealed class A : Base;"));
}
