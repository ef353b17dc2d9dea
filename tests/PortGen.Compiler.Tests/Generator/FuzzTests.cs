using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler.Rules;
using PortGen.Compiler.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Compiler.Tests.Generator;

/// <summary>Whatever stands in the editor, generator and analyzers never crash: half-typed, doubled, swapped, null, not constant, no references.</summary>
public sealed class FuzzTests
{
    private static readonly string[] s_sources =
    [
        """
        using PortGen;
        [PortService("rest", Port = 8082, Range = "8082-8092", DependsOn = [typeof(OAuth), typeof(Mcp)], HealthPath = "/h", Primary = true)]
        [AdditionalPort("metrics", Port = 9464, Range = "9464-9470")]
        public sealed class Rest : Base { public const int P = 80; }
        [PortService("oauth", Port = Rest.P + 8001, Range = "8081-8091", Required = false)]
        internal partial class OAuth : Base;
        public class Outer { [PortService("mcp", Port = 8080, DependsOn = new[] { typeof(OAuth) })] internal sealed class Mcp : Base; }
        public abstract class Base : IPortService
        {
            public System.Threading.Tasks.Task StartAsync(PortLease lease, System.Threading.CancellationToken c) => throw null!;
            public System.Threading.Tasks.Task StopAsync(System.Threading.CancellationToken c) => throw null!;
        }
        """,
        """
        namespace A.B;
        [PortGen.PortService(null!, Port = int.MaxValue, Range = null, DependsOn = null)] class N;
        [PortGen.PortService("x", Port = -1, Range = "\"\\\u0000", DependsOn = new System.Type[] { null!, typeof(int*), typeof(System.Collections.Generic.List<>) })] struct S;
        [PortGen.PortService("x"), PortGen.PortService("x"), PortGen.AdditionalPort("x"), PortGen.AdditionalPort(nameof(S))] file static class F<T> where T : F<T>;
        [PortGen.PortService("y" + "z", Host = default, Required = !true, DevelopmentPort = (int)3.5)] record R([property: PortGen.PortService("q")] int P) : Undefined, PortGen.IPortService;
        """,
    ];

    private static readonly string[] s_insertions =
    [
        "[", "]", "(", ")", "{", "}", ",", "\"", ";", "=", "typeof", "null", "default", "80", "-1", "99999999999", "\"a\"", "\"8080-\"", "PortService", "AdditionalPort",
        "DependsOn", "Range", "Port", "abstract", "static", "partial", "class", "file", "namespace X;", "new[]", "..", "nameof", "<T>", "global::", "#if", "/*", "$\"{", "@class",
    ];

    [Fact]
    public void Neither_generator_nor_analyzers_crash_on_mutated_sources()
    {
        var tokens = s_sources.Select(static s => CSharpSyntaxTree.ParseText(s, Compilations.ParseOptions).GetRoot().DescendantTokens().Select(static t => t.ToFullString()).ToArray()).ToArray();
        var mutation = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1_000_000], Gen.Int[0, 1_000_000]);
        Gen.Select(Gen.Int[0, s_sources.Length - 1], mutation.Array[1, 8], Gen.Int[0, 99]).Sample((source, mutations, dice) =>
        {
            var text = string.Concat(mutations.Aggregate(tokens[source].ToList(), static (list, m) => Mutate(list, m.Item1, m.Item2, m.Item3)));

            // Now and then without the runtime, or without any reference at all.
            var compilation = dice switch
            {
                0 => Compilations.Create(text).WithReferences(),
                1 => Compilations.Create(text).WithReferences(Compilations.References.Where(static r => !r.Display!.EndsWith("PortGen.dll", StringComparison.Ordinal))),
                _ => Compilations.Create(text),
            };
            Check(compilation, text);
        }, iter: LongTests.Count(500, 4_000, 20_000));
    }

    [Fact]
    public void Both_end_at_once_when_they_are_cancelled()
    {
        var compilation = Compilations.Create([Sources.Base, .. Enumerable.Range(0, 200).Select(Sources.Service)]);
        for (var delay = 0; delay < 40; delay++)
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(delay));
            try
            {
                Generation.Driver().RunGenerators(compilation, cancellation.Token);
                Analyze(compilation, cancellation.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Generation.Driver().RunGenerators(compilation, cancelled.Token));
    }

    private static List<string> Mutate(List<string> tokens, int kind, int a, int b)
    {
        if (tokens.Count == 0)
        {
            return tokens;
        }

        var (i, j) = (a % tokens.Count, b % tokens.Count);
        switch (kind)
        {
            case 0:
                tokens.RemoveAt(i);
                break;
            case 1:
                tokens.Insert(i, s_insertions[b % s_insertions.Length] + " ");
                break;
            default:
                (tokens[i], tokens[j]) = (tokens[j], tokens[i]);
                break;
        }

        return tokens;
    }

    private static void Check(CSharpCompilation compilation, string text)
    {
        var run = Generation.Driver().RunGenerators(compilation).GetRunResult();
        Assert.True(run.Results.Single().Exception is null, $"{run.Results.Single().Exception}\n{text}");
        var crashes = Analyze(compilation, CancellationToken.None);
        Assert.True(crashes.Count == 0, $"{string.Join('\n', crashes)}\n{text}");

        // What is generated is at least well formed.
        foreach (var tree in run.GeneratedTrees)
        {
            Assert.True(!tree.GetDiagnostics().Any(), $"{string.Join('\n', tree.GetDiagnostics())}\n{text}\n{tree}");
        }
    }

    private static List<Exception> Analyze(CSharpCompilation compilation, CancellationToken cancellationToken)
    {
        var crashes = new List<Exception>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            onAnalyzerException: (exception, _, _) => crashes.Add(exception),
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: false);
        new CompilationWithAnalyzers(compilation, [new PortServiceAnalyzer()], options).GetAnalyzerDiagnosticsAsync(cancellationToken).GetAwaiter().GetResult();
        return crashes;
    }
}
