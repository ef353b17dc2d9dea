using System.Text;
using CsCheck;
using PortGen.Testing;
using PortGen.Tests.Support;

namespace PortGen.Tasks.Tests;

/// <summary>Files as an editor, a merge or a broken disk leaves them.</summary>
public sealed class SettingsFuzzTests
{
    private static readonly byte[][] s_files = [.. SeededMistakes.Files.Select(static f => Encoding.UTF8.GetBytes(f.Content))];

    private static readonly byte[][] s_pieces =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "\r\n", "//", "/*", "*/", "null", "true", "-1", "1e999", "0x10", "99999999999999999999", "\"\\ud800\"", "\"ü𝄞\"",
            "\uFEFF", "\"Ports\"", "\"rest\"", "\"Range\"", "\"8082-8092\"", "\"Ports:rest:Port\"", "\"DevelopmentPort\": 0", "\0",
        }.Select(static s => Encoding.UTF8.GetBytes(s)),
        [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9D],
    ];

    private static readonly DeclaredPort[] s_manifest =
    [
        new() { Name = "rest", Service = "rest", Type = "global::Rest", Port = 8082, Range = "8082-8092", HealthPath = "/health", DevelopmentPort = 18082 },
        new() { Name = "metrics", Service = "rest", Type = "global::Rest", Port = 9464 },
        new() { Name = "broken", Service = "broken", Type = "global::Broken", Port = -5, Range = "9-" },
    ];

    private static readonly Gen<byte[]> s_mutated =
        from file in Gen.Int[0, s_files.Length - 1]
        from edits in Gen.Select(Gen.Int[0, 4], Gen.Int[0, 1000], Gen.Int[0, 40], Gen.Int[0, s_pieces.Length - 1]).Array[1, 6]
        select edits.Aggregate(s_files[file], static (content, edit) => Mutate(content, edit.Item1, edit.Item2 % (content.Length + 1), edit.Item3, s_pieces[edit.Item4]));

    [Fact]
    public void A_file_gives_diagnostics_and_never_an_exception() => Gen.Select(s_mutated, s_mutated).Sample(
        static (common, own) =>
        {
            foreach (var name in new[] { "appsettings.Staging.json", "appsettings.Development.json" })
            {
                var report = SettingsChecker.Check(s_manifest, [new("appsettings.json", common), new(name, own)]);
                Assert.Equal(s_manifest.Length, report.Ports.Count);
                Assert.All(report.Problems, p => Assert.InRange(p.Line, 1, (p.File == name ? own : common).Count(static b => b == '\n') + 1));
                Assert.All(report.Problems, static p => Assert.True(p.Column > 0));
                ManifestWriter.Write(report.Ports);
            }
        },
        iter: LongTests.Count(2_000, 20_000, 100_000), threads: 1);

    // Insert a piece, delete, copy, overwrite with a piece, cut off.
    private static byte[] Mutate(byte[] content, int kind, int at, int length, byte[] piece)
    {
        var end = Math.Min(content.Length, at + length);
        return kind switch
        {
            0 => [.. content[..at], .. piece, .. content[at..]],
            1 => [.. content[..at], .. content[end..]],
            2 => [.. content[..at], .. content[at..end], .. content[at..]],
            3 => [.. content[..at], .. piece, .. content[end..]],
            _ => content[..at],
        };
    }
}
