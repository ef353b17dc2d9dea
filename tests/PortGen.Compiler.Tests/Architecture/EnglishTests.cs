using System.Reflection;
using System.Text.RegularExpressions;

namespace PortGen.Compiler.Tests.Architecture;

/// <summary>What a person reads is English as a colleague would put it. Phrases that have been put right once don't come back.</summary>
public sealed partial class EnglishTests
{
    private static readonly string s_root = typeof(EnglishTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static a => a.Key == "RepositoryRoot").Value!;

    [Fact]
    public void No_phrase_that_nobody_would_say()
    {
        var files = new[] { "src", "samples", ".github", ".devcontainer", "build" }.SelectMany(static f => Directory.EnumerateFiles(Path.Combine(s_root, f), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(s_root, "*.md")).Concat(Directory.EnumerateFiles(Path.Combine(s_root, "tests"), "README.md", SearchOption.AllDirectories))
            .Where(static f => Path.GetExtension(f) is ".cs" or ".md" or ".js" or ".targets" or ".props" or ".json" or ".yml" && !Generated().IsMatch(f)).ToList();
        Assert.True(files.Count > 200);
        var found = files.SelectMany(static f => File.ReadLines(f).Select((line, i) => (Line: line, Place: $"{Path.GetRelativePath(s_root, f)}:{i + 1}")))
            .Where(static l => Phrase().IsMatch(l.Line)).Select(static l => $"{l.Place}: {l.Line.Trim()}");
        Assert.Equal([], found);
    }

    [Theory]
    [InlineData("no port to be had")]
    [InlineData("reads the configuration anew")]
    [InlineData("a class that is no port service")]
    [InlineData("what else it needs comes by the constructor")]
    [InlineData("Kestrel shall listen")]
    [InlineData("that asks for its end")]
    [InlineData("if there is any way")]
    [InlineData("this only puts the news off")]
    [InlineData("is no number")]
    public void Each_is_found(string text) => Assert.Matches(Phrase(), text);

    [GeneratedRegex(
        @"\bto be had\b|\banew\b|\bshall\b|\b(?:which|that|it|he|what|value|text|file|class|and|or|failure) is no (?!longer\b|more\b|other\b|such\b|need\b|way\b)[a-z]+|\bis no (?:number|path|record|JSON)\b"
        + @"|\bby (?:the|its) constructor\b|for its end\b|\bthere is any way\b|the news\b|\bgoes on (?!a\b|the\b)\w+",
        RegexOptions.IgnoreCase)]
    private static partial Regex Phrase();

    [GeneratedRegex(@"[\\/](?:obj|bin|node_modules)[\\/]")]
    private static partial Regex Generated();
}
