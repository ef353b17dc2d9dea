using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tasks.Tests;

/// <summary>The build reads a settings file as the JSON configuration provider reads it: the same keys and texts, or refused by both.</summary>
public sealed class SettingsFileTests : IDisposable
{
    private const string Umlauts = "{\n  \"Ports\": { \"é\": \"ü𝄞\", \"echo\": { \"Port\": 80 } } }";

    private static readonly Gen<string> s_keys = Gen.OneOf("A", "a", "B", "A:B", "a:b", "", ":", "0", "A:0");

    private readonly string _folder = Directory.CreateTempSubdirectory("portgen settings-").FullName;

    public static TheoryData<string, byte[]> Encodings => new()
    {
        { "UTF-8", new UTF8Encoding(false).GetBytes(Umlauts) },
        { "UTF-8 with a mark", Marked(new UTF8Encoding(true)) },
        { "UTF-16 LE", Marked(new UnicodeEncoding(bigEndian: false, byteOrderMark: true)) },
        { "UTF-16 BE", Marked(new UnicodeEncoding(bigEndian: true, byteOrderMark: true)) },
        { "UTF-32 LE", Marked(new UTF32Encoding(bigEndian: false, byteOrderMark: true)) },
        { "UTF-32 BE", Marked(new UTF32Encoding(bigEndian: true, byteOrderMark: true)) },
        // Bytes that are no UTF-8: one U+FFFD each, and one for what is no letter of Latin-1.
        { "Latin-1", Encoding.Latin1.GetBytes(Umlauts.Replace("𝄞", "ßä", StringComparison.Ordinal)) },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Encodings))]
    public void In_any_encoding_texts_and_places_are_the_same(string name, byte[] file)
    {
        Assert.Equal(Provider(file), Build(file));
        var port = SettingsFile.Read(file).Last();
        Assert.Equal((name, "Ports:echo:Port", "80", 2, 44), (name, port.Path, port.Text, port.Line, port.Column));

        var broken = file[..^(name.StartsWith("UTF-32", StringComparison.Ordinal) ? 4 : name.StartsWith("UTF-16", StringComparison.Ordinal) ? 2 : 1)];
        Assert.Null(Provider(broken));
        Assert.Equal((2, 51), SettingsFile.PositionOf(Assert.ThrowsAny<JsonException>(() => SettingsFile.Read(broken)), broken));
    }

    [Theory]
    [InlineData("""{ "A": {}, "A": 1 }""")]
    [InlineData("""{ "A": 1, "A": {} }""")]
    [InlineData("""{ "A": 1, "a": [] }""")]
    [InlineData("""{ "A": [], "a": 1 }""")]
    [InlineData("""{ "A": [], "a": {} }""")]
    [InlineData("""{ "A": {}, "a": [] }""")]
    [InlineData("""{ "A": 1, "A": {}, "A": 1 }""")]
    [InlineData("""{ "A": { "B": 1 }, "A": {} }""")]
    [InlineData("""{ "A": { "B": 1 }, "A:B": 2 }""")]
    [InlineData("""{ "A:B": 1, "a": { "b": {} } }""")]
    [InlineData("""{ "A": [1, 2], "A:0": 1 }""")]
    [InlineData("""{ "A": [1, null, [], {}, [[]]] }""")]
    [InlineData("""{ "A": null, "a": null }""")]
    [InlineData("""{ "A": null, "a": 1 }""")]
    [InlineData("""{ "A": null }""")]
    [InlineData("""{ "": 1, ":": { "": 2 } }""")]
    [InlineData("""{ "A": 1.50, "B": 1e3, "C": true, "D": "\u0041" }""")]
    [InlineData("""{ /* a */ "A": 1, // b""" + "\n}")]
    [InlineData("""{ "A": [1,], }""")]
    [InlineData("""{ "A": 1,, }""")]
    [InlineData("""{ "A": 01 }""")]
    [InlineData("""{ 'A': 1 }""")]
    [InlineData("""{ "A": "\ud800" }""")]
    [InlineData("""{ "\ud800": 1 }""")]
    [InlineData("{} {}")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("null")]
    public void A_shape_is_read_as_the_provider_reads_it_or_refused_by_both(string json) =>
        Assert.Equal(Provider(Encoding.UTF8.GetBytes(json)), Build(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void The_depth_has_the_provider_s_limit(int depth)
    {
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"A\":", depth)) + "1" + new string('}', depth));
        Assert.Equal(depth > 64, Provider(file) is null);
        Assert.Equal(Provider(file), Build(file));
    }

    [Fact]
    public void Generated_shapes_are_read_as_the_provider_reads_them() => Objects(4).Sample(
        json => Assert.Equal(Provider(Encoding.UTF8.GetBytes(json)), Build(Encoding.UTF8.GetBytes(json))),
        iter: LongTests.Count(300, 2_000, 20_000), threads: 1);

    private static Gen<string> Objects(int depth) =>
        Gen.Select(s_keys, Values(depth), static (k, v) => $"\"{k}\": {v}").Array[0, 4].Select(static p => "{ " + string.Join(", ", p) + " }");

    private static Gen<string> Values(int depth)
    {
        var leaves = Gen.OneOf("1", "null", "\"x\"", "true", "{}", "[]");
        return depth == 0 ? leaves : Gen.OneOf(leaves, Objects(depth - 1), Values(depth - 1).Array[0, 3].Select(static v => "[" + string.Join(",", v) + "]"));
    }

    private static byte[] Marked(Encoding encoding) => [.. encoding.GetPreamble(), .. encoding.GetBytes(Umlauts)];

    // Key and text of everything that has a value, by the rules of the provider's own dictionary; null where the file is refused.
    private SortedDictionary<string, string?>? Provider(byte[] file)
    {
        var path = Path.Combine(_folder, "appsettings.json");
        File.WriteAllBytes(path, file);
        try
        {
            var provider = new ConfigurationBuilder().AddJsonFile(path).Build().Providers.Single();
            var data = typeof(ConfigurationProvider).GetProperty("Data", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!;
            return Sorted((IDictionary<string, string?>)data.GetValue(provider)!);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static SortedDictionary<string, string?>? Build(byte[] file)
    {
        try
        {
            var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            foreach (var value in SettingsFile.Read(file).Where(static v => !v.IsContainer || v.IsEmpty))
            {
                data[value.Path] = value.Text;
            }

            return Sorted(data);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Of keys that differ in case only, whose spelling stays doesn't matter.
    private static SortedDictionary<string, string?> Sorted(IDictionary<string, string?> data) =>
        new(data.ToDictionary(static d => d.Key.ToUpperInvariant(), static d => d.Value), StringComparer.Ordinal);
}
