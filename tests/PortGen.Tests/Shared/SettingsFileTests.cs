using System.Text;
using System.Text.Json;

namespace PortGen.Tests.Shared;

public sealed class SettingsFileTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public void Every_value_has_key_text_and_place(string mark)
    {
        var values = SettingsFile.Read(Encoding.UTF8.GetBytes(mark + """
            {
              // a comment
              "Ports": { "echo": { "Port": 9101, "Required": true },
                "é": "ü", "😀": "€", "z": false },
              "List": [ "a", { "b": null }, [ 2.50 ], ],
              "Last": "\u0041",
            }
            """));
        Assert.Equal(
            [
                "Ports {} 3:12", "Ports:echo {} 3:22", "Ports:echo:Port 9101 3:32", "Ports:echo:Required True 3:50",
                "Ports:é ü 4:10", "Ports:😀 € 4:21", "Ports:z False 4:31",
                "List {} 5:11", "List:0 a 5:13", "List:1 {} 5:18", "List:1:b - 5:25", "List:2 {} 5:33", "List:2:0 2.50 5:35",
                "Last A 6:11",
            ],
            values.Select(static v => $"{v.Path} {(v.IsContainer ? "{}" : v.Text ?? "-")} {v.Line}:{v.Column}"));
        Assert.All(values.Where(static v => v.IsContainer), static v => Assert.Null(v.Text));
        Assert.DoesNotContain(values, static v => v.IsEmpty);
    }

    [Theory]
    [InlineData("[]", "The file must contain an object.", 0, 0)]
    [InlineData("\n 3", "The file must contain an object.", 0, 0)]
    [InlineData("{ \"a\": { \"b\": 1 },\n  \"A\": { \"B\": 2 } }", "The key 'A:B' appears twice.", 1, 14)]
    public void What_the_configuration_system_would_refuse_is_refused(string json, string message, int line, int column)
    {
        var e = Assert.Throws<JsonException>(() => SettingsFile.Read(Encoding.UTF8.GetBytes(json)));
        Assert.Equal((message, line, column), (e.Message, e.LineNumber, e.BytePositionInLine));
    }

    [Fact]
    public void A_section_may_be_there_twice() =>
        Assert.Equal(["a", "a:b", "a", "a:c"], SettingsFile.Read("""{ "a": { "b": 1 }, "a": { "c": 2 } }"""u8.ToArray()).Select(static v => v.Path));

    [Fact]
    public void An_empty_array_has_an_empty_text_and_an_empty_container_replaces_a_value() => Assert.Equal(
        [("a", ""), ("b", null), ("B", null)],
        SettingsFile.Read("""{ "c": 1, "a": [], "b": {}, "B": {}, "C": [], "C": {}, "c": {} }"""u8.ToArray()).Where(static v => !v.Path.Equals("c", StringComparison.OrdinalIgnoreCase))
            .Select(static v => (v.Path, v.IsEmpty ? v.Text : "not empty")));
}
