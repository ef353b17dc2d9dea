using System.Globalization;
using System.Text.RegularExpressions;
using PortGen.Compiler.Tests.Support;
using PortGen.Testing;

namespace PortGen.Compiler.Tests.Analyzer;

/// <summary>One project with thirty-two mistakes: analyzer test and <c>dotnet build</c> say the same, at the same places.</summary>
public sealed partial class SeededMistakesTests
{
    private const string Source = """
        [PortGen.PortService("a1", Range = {|PG0001:"8080-"|})] public sealed class A1 : Base;
        [PortGen.PortService("a2", Range = {|PG0001:"8080 - 8089"|})] public sealed class A2 : Base;
        [PortGen.PortService("a3"), PortGen.AdditionalPort("a3x", Range = {|PG0001:"0x2000"|})] public sealed class A3 : Base;
        [PortGen.PortService("b1", Port = {|PG0002:80|})] public sealed class B1 : Base;
        [PortGen.PortService("b2", Port = {|PG0002:65536|})] public sealed class B2 : Base;
        [PortGen.PortService("b3", Range = {|PG0002:"1000-2000"|})] public sealed class B3 : Base;
        [PortGen.PortService("c1", Range = {|PG0003:"8089-8080"|})] public sealed class C1 : Base;
        [PortGen.PortService("c2", Port = 8085, Range = {|PG0003:"8089-8080"|})] public sealed class C2 : Base;
        [PortGen.PortService("d1", Port = {|PG0004:8100|}, Range = "8101-8109")] public sealed class D1 : Base;
        [PortGen.PortService("d2", Port = {|PG0004:8120|}, Range = "8111-8119")] public sealed class D2 : Base;
        [PortGen.PortService("e")] public sealed class E1 : Base;
        [PortGen.PortService({|PG0005:"e"|})] public sealed class E2 : Base;
        [PortGen.PortService("e3"), PortGen.AdditionalPort({|PG0005:"e3"|})] public sealed class E3 : Base;
        [PortGen.PortService("f1", Port = 8200, Range = "8200-8209")] public sealed class F1 : Base;
        [PortGen.PortService("f2", Port = {|PG0006:8200|}, Range = "8200-8209")] public sealed class F2 : Base;
        [PortGen.PortService("f3"), PortGen.AdditionalPort("f3x", Port = {|PG0006:8200|}, Range = "8200-8209")] public sealed class F3 : Base;
        [PortGen.PortService("g1", Range = "8300-8301")] public sealed class G1 : Base;
        [PortGen.PortService("g2", Range = "8300-8301")] public sealed class G2 : Base;
        [PortGen.PortService("g3", Range = {|PG0007:"8300-8301"|})] public sealed class G3 : Base;
        [PortGen.PortService("h1", DependsOn = [typeof(G1), {|PG0008:typeof(H2)|}])] public sealed class H1 : Base;
        [PortGen.PortService("h2", DependsOn = [typeof(H1)])] public sealed class H2 : Base;
        [PortGen.PortService("h3", DependsOn = [{|PG0008:typeof(H3)|}])] public sealed class H3 : Base;
        [PortGen.PortService("i1", Range = {|PG0009:"32760-32770"|})] public sealed class I1 : Base;
        [PortGen.PortService("j1", Port = {|PG0010:6000|}, Range = "6000-6009", HealthPath = "/")] public sealed class J1 : Base;
        [PortGen.PortService({|PG0011:"K1"|})] public sealed class K1 : Base;
        [PortGen.PortService({|PG0011:"k-1-"|})] public sealed class K2 : Base;
        [PortGen.PortService({|PG0011:"start-all"|})] public sealed class K3 : Base;
        [PortGen.PortService("l1", Port = {|PG0012:8400|})] public sealed class L1 : Base;
        [PortGen.PortService("m1", Port = {|PG0013:5000|}, Range = "5000-5009")] public sealed class M1 : Base;
        [PortGen.PortService("n1", Primary = true)] public sealed class N1 : Base;
        [PortGen.PortService("n2", Primary = {|PG0014:true|})] public sealed class N2 : Base;
        [PortGen.PortService({|PG0015:"n3-service"|})] public sealed class N3 : Base;
        [PortGen.PortService("o1")] public abstract class {|PG1001:O1|} : Base;
        [PortGen.PortService("o2")] public sealed class {|PG1001:O2|}<T> : Base;
        [PortGen.PortService("p1")] public sealed class {|PG1005:P1|};
        [PortGen.PortService("q1", DependsOn = [{|PG1003:typeof(Base)|}, {|PG1003:typeof(int)|}])] public sealed class Q1 : Base;
        """;

    [Fact]
    public Task The_analyzer_reports_them() => AnalyzerTest.VerifyAsync(Source);

    [Fact]
    public async Task The_build_reports_them_alike()
    {
        var expected = Expected(Source).Select(p => (p.Id, p.Line + Sources.Base.Count(static c => c == '\n') + 1, p.Column)).Order().ToList();
        Assert.True(expected.Count >= 30, $"{expected.Count} mistakes");

        // Top-level statements come first in a file.
        using var project = new TemporaryProject("return 0;\n" + Sources.Base + Markup().Replace(Source, "$2"));
        project.Write(".editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.PG0012.severity = warning\n");
        var (exitCode, reports, output) = await project.BuildAsync();
        Assert.True(exitCode == 1, output);
        var seen = reports.Select(static r => Report().Match(r)).Where(static m => m.Success)
            .Select(static m => (m.Groups[3].Value, Number(m.Groups[1]), Number(m.Groups[2]))).Distinct().Order().ToList();
        Assert.Equal(expected, seen);
        Assert.Equal(expected.Count, reports.Length);
    }

    private static IEnumerable<(string Id, int Line, int Column)> Expected(string source)
    {
        var lines = source.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var removed = 0;
            foreach (Match match in Markup().Matches(lines[i]))
            {
                yield return (match.Groups[1].Value, i + 1, match.Index + 1 - removed);
                removed += match.Length - match.Groups[2].Length;
            }
        }
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{\|(PG\d{4}):(.*?)\|\}")]
    private static partial Regex Markup();

    [GeneratedRegex(@"Program\.cs\((\d+),(\d+)\): \w+ (PG\d{4}): ")]
    private static partial Regex Report();
}
